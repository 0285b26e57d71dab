package gnutls

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"
)

// A verifier verifies the peer of one handshake, as crypto/tls does.
type verifier struct {
	roots *x509.CertPool // nil for those of the system
	name  string
	now   time.Time

	verified bool
	err      error // why the peer was refused
}

// errNoName is the error of a handshake without a name: any certificate would do.
var errNoName = errors.New("no name to verify the peer by")

// errNoChain is the error of a handshake in which the peer has shown no certificate.
var errNoChain = errors.New("the peer has shown no certificate")

// verify verifies a chain of DER, that of the peer first. GnuTLS itself checks that the
// peer has the key.
func (v *verifier) verify(chain [][]byte) error {
	v.err = v.check(chain)
	v.verified = v.err == nil
	return v.err
}

func (v *verifier) check(chain [][]byte) error {
	if v.name == "" {
		return errNoName
	}
	if len(chain) == 0 {
		return errNoChain
	}
	certs := make([]*x509.Certificate, len(chain))
	for i, der := range chain {
		var err error
		if certs[i], err = x509.ParseCertificate(der); err != nil {
			return &tls.CertificateVerificationError{UnverifiedCertificates: certs[:i], Err: err}
		}
	}
	options := x509.VerifyOptions{
		Roots: v.roots, Intermediates: x509.NewCertPool(), DNSName: v.name, CurrentTime: v.now,
	}
	for _, cert := range certs[1:] {
		options.Intermediates.AddCert(cert)
	}
	if _, err := certs[0].Verify(options); err != nil {
		return &tls.CertificateVerificationError{UnverifiedCertificates: certs, Err: err}
	}
	return nil
}

// explain returns why the peer was refused, in the words of tlsnet.
func (v *verifier) explain() error {
	var invalid x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(v.err, &invalid) && invalid.Reason == x509.Expired && v.now.Before(invalid.Cert.NotBefore):
		return fmt.Errorf("certificate is not valid yet, or the clock is slow: %w", v.err)
	case errors.As(v.err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Errorf("certificate has expired: %w", v.err)
	case errors.As(v.err, &unknown) && isSelfSigned(v.err):
		return fmt.Errorf("self-signed certificate: %w", v.err)
	}
	return v.err
}
