package roundtrip

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/wire"
)

// told returns the error of a call as the Transport of net/http would, as far as programs
// look at it. A sentinel, or a type of the standard library, is returned itself, because
// programs compare errors by == and use type assertions. Texts that programs look for are
// in the text. body is the error of the request body, if that is to be returned itself,
// or nil.
func (l *lifetime) told(err, body error) error {
	var e *zreq.Error
	if !errors.As(err, &e) {
		return err // of the request
	}
	if end := l.ended(e); end != nil {
		return end
	}
	if body != nil && errors.Is(e, zreq.ErrBody) {
		return body
	}
	if errors.Is(err, zreq.ErrOutOfRetries) {
		return err // net/http has no such error
	}
	if op, ok := e.Err.(*net.OpError); ok && op.Err != nil && !errors.Is(e, zreq.ErrBody) {
		return op // os.IsPermission and type assertions look at its Err
	}
	switch e.Phase {
	case zreq.PhaseDial: // by a driver that speaks TLS itself
		return toldTLS(e)
	case zreq.PhaseTLS:
		if errors.Is(e, io.EOF) || errors.Is(e, io.ErrUnexpectedEOF) {
			return io.EOF
		}
		return toldTLS(e)
	case zreq.PhaseSend, zreq.PhaseHead:
		if (errors.Is(err, zreq.ErrConnect) || errors.Is(err, zreq.ErrStale)) && errors.Is(err, io.EOF) {
			return io.EOF
		}
	}
	return worded(e)
}

// toldTLS is told for an error of TLS.
func toldTLS(e *zreq.Error) error {
	var refused *tls.CertificateVerificationError
	if errors.As(e, &refused) && refused.Err != nil {
		own := *refused
		own.Err = &reworded{text: refused.Err.Error(), facts: e}
		return &own
	}
	// http.Client makes http.ErrSchemeMismatch of it.
	if header := (tls.RecordHeaderError{}); errors.As(e, &header) && string(header.RecordHeader[:]) == "HTTP/" {
		return header
	}
	return worded(e)
}

// toldInBody is told for the body of a response.
func (l *lifetime) toldInBody(err error) error {
	var e *zreq.Error
	if !errors.As(err, &e) {
		return err
	}
	if end := l.ended(e); end != nil {
		return end
	}
	if errors.Is(err, zreq.ErrTruncated) && errors.Is(err, io.ErrUnexpectedEOF) {
		return io.ErrUnexpectedEOF
	}
	return worded(e)
}

// ended returns why the call had to end, or nil if it did not.
func (l *lifetime) ended(e *zreq.Error) error {
	end := l.cause()
	if end == nil && e.Err == context.DeadlineExceeded {
		end = e.Err // the timer of the context has not run yet
	}
	return end
}

// words are texts of net/http that programs look for in an error.
var words = []struct {
	phase zreq.Phase
	of    error  // nil: a timeout
	text  string // before our text
	kind  error  // of the error of net/http, or nil
}{
	{zreq.PhaseTLS, nil, "net/http: TLS handshake timeout: ", nil},
	{zreq.PhaseHead, nil, "net/http: timeout awaiting response headers: ", context.DeadlineExceeded},
	{zreq.PhaseHead, wire.ErrBadStatusLine, "malformed HTTP response: ", nil},
	{zreq.PhaseHead, wire.ErrTLS, "malformed HTTP response: ", nil},
	{zreq.PhaseHead, wire.ErrBadVersion, "malformed HTTP response: ", nil},
	{zreq.PhaseHead, wire.ErrHeadTooLarge, "net/http: server response headers exceeded the limit: ", nil},
	{zreq.PhaseBody, wire.ErrChunkLineTooLong, "", http.ErrLineTooLong},
}

// worded puts the text of net/http before that of e, if there is one.
func worded(e *zreq.Error) error {
	for _, w := range words {
		if w.phase == e.Phase && (w.of == nil && e.Timeout() || errors.Is(e, w.of)) {
			return &reworded{text: w.text + e.Error(), facts: e, kind: w.kind}
		}
	}
	return e
}

// reworded is a *zreq.Error with another text.
type reworded struct {
	text  string
	facts *zreq.Error
	kind  error // of net/http, or nil
}

var _ net.Error = (*reworded)(nil)

func (r *reworded) Error() string        { return r.text }
func (r *reworded) Unwrap() error        { return r.facts }
func (r *reworded) Is(target error) bool { return target == r.kind }
func (r *reworded) Timeout() bool        { return r.facts.Timeout() }
func (r *reworded) Temporary() bool      { return r.facts.Temporary() }
