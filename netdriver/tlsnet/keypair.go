//go:build !tinygo

package tlsnet

import (
	"crypto"
	"crypto/tls"
	"errors"
)

var (
	errNoKey    = errors.New("no key")
	errOtherKey = errors.New("the first certificate of the chain is for another key")
)

// KeyPair combines a PEM chain of certificates, our own first, with its key. For a key in
// PEM, use tls.X509KeyPair instead.
//
// The key may live where it cannot be read, such as in a secure element. It is asked only
// for its public half, and to sign in each handshake that is not resumed. It signs on a
// goroutine of its own. A TLS has at most four such calls under way, and does not wait
// for a key after the handshake has ended.
//
// If the key cannot make every kind of signature, such as RSA without PSS, set
// SupportedSignatureAlgorithms of the result.
func KeyPair(chain []byte, key crypto.Signer) (tls.Certificate, error) {
	if key == nil {
		return tls.Certificate{}, errNoKey
	}
	certs, err := parseChain(chain)
	if err != nil {
		return tls.Certificate{}, err
	}
	public, ok := certs[0].PublicKey.(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !public.Equal(key.Public()) {
		return tls.Certificate{}, errOtherKey
	}
	pair := tls.Certificate{PrivateKey: key, Leaf: certs[0]}
	for _, cert := range certs {
		pair.Certificate = append(pair.Certificate, cert.Raw)
	}
	return pair, nil
}
