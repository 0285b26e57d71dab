//go:build !tinygo

package tlsnet

import (
	"crypto/tls"
	"crypto/x509"
	"time"
)

// verify makes the checks of a handshake that crypto/tls leaves to us, whether the
// session is resumed or not.
func (t *TLS) verify(s tls.ConnectionState, name string) error {
	leaf := s.PeerCertificates[0] // a client always has one
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

// checkLone verifies a certificate that no authority needs to have signed. It checks
// everything but a signature.
func checkLone(cert *x509.Certificate, name string, now time.Time) error {
	itself := x509.NewCertPool()
	itself.AddCert(cert)
	if _, err := cert.Verify(x509.VerifyOptions{Roots: itself, CurrentTime: now}); err != nil {
		return err
	}
	return cert.VerifyHostname(name) // unlike Verify, it does not accept an empty name
}

func (t *TLS) now() time.Time {
	if t.config.Time != nil {
		return t.config.Time()
	}
	return time.Now()
}
