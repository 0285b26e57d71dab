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

// Why a handshake came to nothing, where crypto/tls and crypto/x509 have no type
// for it.
var (
	// ErrNotTLS: the peer answered in something else, as a plain HTTP server
	// behind an https URL does.
	ErrNotTLS = errors.New("the peer does not speak TLS")
	// ErrVersion: the peer speaks no version of TLS from Config.MinVersion on.
	ErrVersion = errors.New("the peer speaks no version of TLS that is accepted here")
)

// Alerts that say something of us, by their numbers (RFC 8446, B.2).
const (
	alertHandshakeFailure    = tls.AlertError(40)
	alertBadCertificate      = tls.AlertError(42)
	alertAccessDenied        = tls.AlertError(49)
	alertProtocolVersion     = tls.AlertError(70)
	alertCertificateRequired = tls.AlertError(116)
)

// sslv2 is what crypto/tls takes for the beginning of a record of SSL 2.
const sslv2 = 0x80

// refusal gives the reason why a handshake failed at the time now.
func (c *conn) refusal(err error, now time.Time) error {
	// A close_notify is io.EOF to crypto/tls, which says that all is well.
	if errors.Is(err, errCut) || err == io.EOF {
		return fmt.Errorf("connection ended in the TLS handshake: %w", io.ErrUnexpectedEOF)
	}
	// crypto/tls gives the connection in the error of a first record that is none.
	// SSL 2 is no TLS, and what begins as it does is most often no SSL, either.
	if header := (tls.RecordHeaderError{}); errors.As(err, &header) {
		if header.Conn != nil || header.RecordHeader[0] == sslv2 {
			header.Conn = nil
			return fmt.Errorf("%w: %w", ErrNotTLS, header)
		}
		return err // a record gone wrong later, which has an alert of ErrVersion
	}
	if alert, ok := alertOf(err); c.io.alerted == alertProtocolVersion || ok && alert == alertProtocolVersion {
		return fmt.Errorf("%w: %w", ErrVersion, c.explain(err))
	}
	if c.unsigned != nil {
		return fmt.Errorf("the key of the client certificate did not sign: %w", c.unsigned)
	}
	var invalid x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && now.Before(invalid.Cert.NotBefore):
		return fmt.Errorf("certificate is not valid yet, or the clock is slow: %w", err)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Errorf("certificate has expired: %w", err)
	case errors.As(err, &unknown) && isSelfSigned(unknown.Cert):
		return fmt.Errorf("self-signed certificate: %w", err)
	}
	return c.explain(err)
}

func isSelfSigned(cert *x509.Certificate) bool {
	return cert != nil && cert.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature) == nil
}

// explain gives an alert of the peer its type, and says what we know of it. Under
// TLS 1.3 the peer judges our certificate when we are done with the handshake, so
// that its alert may come at any Read.
func (c *conn) explain(err error) error {
	alert, ok := alertOf(err)
	if !ok {
		return err
	}
	err = fmt.Errorf("%w%.0w", err, alert) // its text is in err already
	switch alert {
	case alertHandshakeFailure, alertBadCertificate, alertAccessDenied, alertCertificateRequired:
		if c.unshown != nil {
			return fmt.Errorf("%w: %w", c.unshown, err)
		}
	}
	return err
}

// alertOf finds an alert of the peer in an error of crypto/tls, which keeps its
// own type for it to itself.
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
