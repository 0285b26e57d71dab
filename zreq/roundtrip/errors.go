package roundtrip

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"

	"github.com/zreq-go/zreq/zreq"
)

// Errors of requests that are refused. Each is a zreq.ErrRequest, and nothing was dialled.
var (
	// ErrTrailer means that the request has trailers.
	ErrTrailer error = &refusal{"trailers of a request are not sent"}
	// ErrTarget means that the request target is neither a path nor a query: it is "*",
	// or an Opaque URL of a form other than "/path" or "//host/path" with the host of the
	// URL.
	ErrTarget error = &refusal{"the URL leads to no path that could be asked for"}
)

var (
	errNoURL    = &refusal{"nil Request.URL"}
	errNoHeader = &refusal{"nil Request.Header"}
	errNoHost   = &refusal{"no Host in request URL"}
	errFragment = &refusal{"# in the path or query of the URL that has to be percent-encoded"}
	errTE       = &refusal{"Request.TransferEncoding is neither chunked nor identity"}
)

var (
	// errCancelled is the cause if Request.Cancel ends a call. Its text is that of
	// net/http.
	errCancelled = fmt.Errorf("net/http: request canceled: %w", context.Canceled)
	// errDone ends the context of a call that is over.
	errDone = errors.New("the request is done")
	// errBadCount is the error of a body that breaks the contract of io.Reader.
	errBadCount = errors.New("the body of the request returned an impossible count")
	// errEarly is passed to the hook WroteRequest of httptrace if a request was not sent
	// in full.
	errEarly = errors.New("the answer came before the end of the request")
)

// Errors of Read of a closed Response.Body. Their texts are those of net/http.
var (
	errReadAfterClose = &afterClose{"http: read on closed response body", nil}
	errClosedInRead   = &afterClose{"read: " + net.ErrClosed.Error(), net.ErrClosed} // from another goroutine
)

// errTwoReads is the error of a Read during another one, which a callback may have called.
var errTwoReads = errors.New("another Read of the response body is under way")

// afterClose is http.ErrBodyReadAfterClose for errors.Is.
type afterClose struct {
	text string
	kind error // another error for errors.Is, or nil
}

var _ net.Error = (*afterClose)(nil)

func (e *afterClose) Error() string { return e.text }
func (e *afterClose) Is(target error) bool {
	return target == http.ErrBodyReadAfterClose || target == e.kind
}
func (*afterClose) Timeout() bool   { return false }
func (*afterClose) Temporary() bool { return false }

// refusal is the error of a request that is refused.
type refusal struct{ text string }

// Error returns a text of net/http where programs look for it.
func (e *refusal) Error() string        { return "roundtrip: " + e.text }
func (e *refusal) Is(target error) bool { return target == zreq.ErrRequest }
