//go:build !tinygo

package tlsnet

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// Reasons for a failed handshake for which crypto/tls and crypto/x509 have no type.
var (
	// ErrNotTLS means that the peer answered in another protocol, as a plain HTTP server
	// behind an https URL does.
	ErrNotTLS = errors.New("the peer does not speak TLS")
	// ErrVersion means that the peer speaks no version of TLS from Config.MinVersion on.
	ErrVersion = errors.New("the peer speaks no version of TLS that is accepted here")
)

// Alerts that say what the peer has against us (RFC 8446, B.2).
const (
	alertHandshakeFailure    = tls.AlertError(40)
	alertBadCertificate      = tls.AlertError(42)
	alertAccessDenied        = tls.AlertError(49)
	alertProtocolVersion     = tls.AlertError(70)
	alertCertificateRequired = tls.AlertError(116)
)

// sslv2 is the first byte by which crypto/tls recognizes a record of SSL 2.
const sslv2 = 0x80

// refusal explains err, with which a handshake failed at the time now.
func (c *conn) refusal(err error, now time.Time) error {
	// crypto/tls returns io.EOF for a close_notify, but callers would take io.EOF for
	// success.
	if errors.Is(err, errCut) || err == io.EOF {
		return fmt.Errorf("connection ended in the TLS handshake: %w", io.ErrUnexpectedEOF)
	}
	// If the first record is not TLS, crypto/tls puts the connection into the error. It does
	// not do so for SSL 2, which is not TLS either. Most input that begins like SSL 2 is not
	// even SSL.
	if header := (tls.RecordHeaderError{}); errors.As(err, &header) {
		if header.Conn != nil || header.RecordHeader[0] == sslv2 {
			header.Conn = nil
			return fmt.Errorf("%w: %w", ErrNotTLS, header)
		}
		return err // a later record is damaged; its alert would make it an ErrVersion below
	}
	if alert, ok := alertOf(err); c.io.alerted == alertProtocolVersion || ok && alert == alertProtocolVersion {
		return fmt.Errorf("%w: %w", ErrVersion, c.explain(err))
	}
	if c.client.unsigned != nil {
		return fmt.Errorf("the key of the client certificate did not sign: %w", c.client.unsigned)
	}
	var invalid x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && now.Before(invalid.Cert.NotBefore):
		return fmt.Errorf("certificate is not valid yet, or the clock is slow: %w", err)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Errorf("certificate has expired: %w", err)
	case errors.As(err, &unknown) && isSelfSigned(err):
		return fmt.Errorf("self-signed certificate: %w", err)
	}
	return c.explain(err)
}

// isSelfSigned reports whether the certificate of the peer is signed with its own key. An
// x509.UnknownAuthorityError may hold that of an authority that came with it, which
// always is.
func isSelfSigned(err error) bool {
	var failed *tls.CertificateVerificationError
	if !errors.As(err, &failed) {
		return false
	}
	cert := failed.UnverifiedCertificates[0]
	return cert.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature) == nil
}

// explain adds the type tls.AlertError to an alert of the peer, and the reason if we know
// it. With TLS 1.3 the peer checks our certificate after our side of the handshake has
// ended, so its alert may come at any Read.
func (c *conn) explain(err error) error {
	alert, ok := alertOf(err)
	if !ok {
		return err
	}
	err = fmt.Errorf("%w%.0w", err, alert) // its text is in err already
	switch alert {
	case alertHandshakeFailure, alertBadCertificate, alertAccessDenied, alertCertificateRequired:
		if c.client.unshown != nil {
			return fmt.Errorf("%w: %w", c.client.unshown, err)
		}
	}
	return err
}

// alertOf finds an alert of the peer in an error of crypto/tls. The type that crypto/tls
// uses for it is not exported.
func alertOf(err error) (tls.AlertError, bool) {
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "remote error" {
		return 0, false
	}
	for n := range 256 {
		if alert := tls.AlertError(n); alert.Error() == op.Err.Error() {
			return alert, true
		}
	}
	return 0, false
}
