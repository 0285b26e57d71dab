//go:build !tinygo

package tlsnet

import (
	"crypto/tls"
	"crypto/x509"
	"time"
)

// verify is what crypto/tls leaves to us of a handshake, resumed or not.
func (t *TLS) verify(s tls.ConnectionState, name string) error {
	leaf := s.PeerCertificates[0] // a client has one at least
	if err := checkPin(leaf, t.pins); err != nil {
		return err
	}
	if t.lone {
		if err := checkLone(leaf, name, t.now()); err != nil {
			return &tls.CertificateVerificationError{UnverifiedCertificates: s.PeerCertificates, Err: err}
		}
	}
	if t.config.VerifyConnection != nil {
		return t.config.VerifyConnection(s)
	}
	return nil
}

// checkLone verifies a certificate that needs nobody's word: all that is asked
// of one but a signature.
func checkLone(cert *x509.Certificate, name string, now time.Time) error {
	itself := x509.NewCertPool()
	itself.AddCert(cert)
	if _, err := cert.Verify(x509.VerifyOptions{Roots: itself, CurrentTime: now}); err != nil {
		return err
	}
	return cert.VerifyHostname(name) // here, where an empty name matches nothing
}

func (t *TLS) now() time.Time {
	if t.config.Time != nil {
		return t.config.Time()
	}
	return time.Now()
}
