//go:build !tinygo

package tlsnet

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
)

// Errors of certificates in PEM.
var (
	errNoCertificate = errors.New("no certificate in PEM")
	errDamagedPEM    = errors.New("damaged PEM")
)

// Roots returns a pool of the certificates in bundles. Each bundle is PEM text with at
// least one certificate. Nothing is skipped: a block that is damaged or not a certificate
// is an error. Text around the blocks is allowed. With an error, the pool is empty and
// trusts nobody; a nil pool would stand for the authorities of the system.
func Roots(bundles ...[]byte) (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	for i, text := range bundles {
		certs, err := parseChain(text)
		if err != nil {
			return x509.NewCertPool(), fmt.Errorf("bundle %d: %w", i+1, err)
		}
		for _, cert := range certs {
			pool.AddCert(cert)
		}
	}
	if len(bundles) == 0 {
		return pool, errNoCertificate
	}
	return pool, nil
}

// parseChain returns the certificates of a PEM text, at least one.
func parseChain(text []byte) ([]*x509.Certificate, error) {
	var certs []*x509.Certificate
	for n := 1; ; n++ {
		block, rest := pem.Decode(text)
		if !isWhole(text[:len(text)-len(rest)], block) {
			return nil, fmt.Errorf("block %d: %w", n, errDamagedPEM)
		}
		switch {
		case block == nil && !isWhole(rest, nil):
			return nil, fmt.Errorf("block %d: %w", n, errDamagedPEM)
		case block == nil && len(certs) == 0:
			return nil, errNoCertificate
		case block == nil:
			return certs, nil
		case block.Type != "CERTIFICATE":
			return nil, fmt.Errorf("block %d: a %s is no CERTIFICATE", n, block.Type)
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("block %d: %w", n, err)
		}
		certs = append(certs, cert)
		text = rest
	}
}

// isWhole reports whether text, in which pem.Decode has found block, contains the marks
// of that block and of no other. pem.Decode skips what it cannot read.
func isWhole(text []byte, block *pem.Block) bool {
	want := 0
	if block != nil {
		want = 1
	}
	return bytes.Count(text, []byte("-----BEGIN ")) == want && bytes.Count(text, []byte("-----END ")) == want
}
