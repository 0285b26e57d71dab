//go:build !tinygo

package tlstest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"io"
	"sync/atomic"
)

// An Element stands in for a secure element: it signs with a key that it does not reveal.
// It is safe for concurrent use.
type Element struct {
	key    *ecdsa.PrivateKey
	signed atomic.Int64
}

var _ crypto.Signer = (*Element)(nil)

// NewElement returns an Element with a new key.
func NewElement() (*Element, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	return &Element{key: key}, nil
}

// Public returns the public half of the key.
func (e *Element) Public() crypto.PublicKey { return e.key.Public() }

// Sign implements crypto.Signer.
func (e *Element) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	e.signed.Add(1)
	return e.key.Sign(random, digest, opts)
}

// Signed returns how often the Element has signed.
func (e *Element) Signed() int { return int(e.signed.Load()) }
