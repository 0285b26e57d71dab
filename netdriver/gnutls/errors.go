package gnutls

/*
#include <gnutls/gnutls.h>
*/
import "C"

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"

	"github.com/zreq-go/zreq/netdriver/tlsnet"
)

// An Error is an error of GnuTLS itself, such as a record that cannot be decrypted.
type Error struct {
	Code int // GNUTLS_E_…, which is negative
}

// Error returns the text of GnuTLS.
func (e Error) Error() string {
	return fmt.Sprintf("gnutls: %s (%d)", C.GoString(C.gnutls_strerror(C.int(e.Code))), e.Code)
}

// Errors of GnuTLS that have a meaning here.
var (
	errRecordVersion = Error{C.GNUTLS_E_UNSUPPORTED_VERSION_PACKET}
	errOverflow      = Error{C.GNUTLS_E_RECORD_OVERFLOW}
)

// alertError is an alert of the peer.
func alertError(n C.gnutls_alert_description_t) error { return tls.AlertError(n) }

// Alerts that say what the peer has against us (RFC 8446, B.2).
const (
	alertHandshakeFailure    = tls.AlertError(40)
	alertBadCertificate      = tls.AlertError(42)
	alertAccessDenied        = tls.AlertError(49)
	alertProtocolVersion     = tls.AlertError(70)
	alertCertificateRequired = tls.AlertError(116)
)

// errOneMore explains a record that is larger than was agreed. GnuTLS adds a byte to the
// record_size_limit that it asks for, as TLS 1.3 has it, also for a peer that then chooses
// TLS 1.2.
var errOneMore = errors.New("record of more than was asked for: " +
	"if the server speaks only TLS 1.2, set MaxVersion in Config")

// Reasons why a peer that asked for a certificate got none.
var (
	errNone     = errors.New("no client certificate was shown, for there is none")
	errWithheld = errors.New("no client certificate was shown, for a redirect led to this origin: " +
		"to show it, call the URL itself")
)

// refusal says what the error of a handshake means, unless the peer was refused by us. isTLS
// says whether the peer has sent anything that is TLS.
func refusal(err error, isTLS bool) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, errBye) {
		return fmt.Errorf("connection ended in the TLS handshake: %w", io.ErrUnexpectedEOF)
	}
	if _, local := err.(Error); local && !isTLS {
		return fmt.Errorf("%w: %w", tlsnet.ErrNotTLS, err)
	}
	if errors.Is(err, alertProtocolVersion) || err == errRecordVersion {
		return fmt.Errorf("%w: %w", tlsnet.ErrVersion, err)
	}
	return err
}

// lasting is an error that will come again when the same is tried again, as netdriver.TLS
// has it.
type lasting struct{ error }

// Permanent returns true.
func (e lasting) Permanent() bool { return true }

// Unwrap returns the error.
func (e lasting) Unwrap() error { return e.error }

// answered is an error that the peer has caused by what it has sent, so that the link works, as
// netdriver.TLS has it.
type answered struct{ error }

// Answered returns true.
func (e answered) Answered() bool { return true }

// Unwrap returns the error.
func (e answered) Unwrap() error { return e.error }

// lasts marks an error of a handshake that will come again: the peer cannot prove to be
// who we asked for, or says that it does not want us. A broken connection may be better
// the next time, and so may a peer that tells of its own troubles.
func lasts(err error) error {
	var unproven *tls.CertificateVerificationError
	var alert tls.AlertError
	var local Error
	switch {
	case errors.As(err, &unproven), errors.Is(err, tlsnet.ErrVersion), errors.Is(err, tlsnet.ErrNotTLS):
	case errors.As(err, &alert) && lastingAlert(alert):
	case errors.As(err, &alert), errors.As(err, &local):
		return answered{err}
	default:
		return err
	}
	return lasting{err}
}

// lastingAlert reports whether an alert is about who we are, or what we speak (RFC 8446,
// 6.2).
func lastingAlert(alert tls.AlertError) bool {
	switch alert {
	case alertHandshakeFailure, alertProtocolVersion, alertCertificateRequired:
		return true
	}
	return alert >= alertBadCertificate && alert <= alertAccessDenied
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
