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

// KeyPair joins a chain of certificates in PEM, our own first, with its key,
// which may live where it cannot be read, as in a secure element: it is only
// asked for its public half, and to sign, in each handshake that is not resumed:
// on a goroutine of its own, by one TLS on four at most at once, and it is not
// waited for when the handshake has ended. For a key in PEM there is tls.X509KeyPair.
//
// A key of which not every signature can be had, as RSA without PSS, says so in
// SupportedSignatureAlgorithms of what is returned.
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
