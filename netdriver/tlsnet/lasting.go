//go:build !tinygo

package tlsnet

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
)

// lasting is an error that will come again when the same is tried again, as
// netdriver.TLS has it.
type lasting struct{ error }

// Permanent says so.
func (e lasting) Permanent() bool { return true }

// Unwrap returns what lasts.
func (e lasting) Unwrap() error { return e.error }

// answered is an error that the peer has caused by what it has sent, so that the link works, as
// netdriver.TLS has it.
type answered struct{ error }

// Answered says so.
func (e answered) Answered() bool { return true }

// Unwrap returns what the peer has caused.
func (e answered) Unwrap() error { return e.error }

// lasts marks an error of a handshake that lasts: the peer cannot prove to be who we
// asked for, or says that it does not want us. A connection that broke does not last,
// nor does what the peer says of its own troubles, but that is an answer.
func lasts(err error) error {
	var unproven *tls.CertificateVerificationError
	var name x509.HostnameError
	alert, told := alertOf(err)
	switch {
	case errors.As(err, &unproven), errors.As(err, &name):
	case errors.Is(err, ErrPin), errors.Is(err, ErrVersion), errors.Is(err, ErrNotTLS):
	case told && lastingAlert(alert):
	case told:
		return answered{err}
	default:
		return err
	}
	return lasting{err}
}

// lastingAlert reports whether an alert is about who we are, or what we speak
// (RFC 8446, 6.2).
func lastingAlert(alert tls.AlertError) bool {
	switch {
	case alert == alertHandshakeFailure, alert == alertProtocolVersion, alert == alertCertificateRequired:
		return true
	}
	return alert >= alertBadCertificate && alert <= alertAccessDenied
}
