package zreq

import (
	"errors"
	"io"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/internal/exchange"
)

var (
	errBodySize  = errors.New("the body has a negative size left, or a negative offset: it was read beyond its end")
	errEncoded   = &limitError{text: "the JSON is larger than Limits.Content: raise it, or send it as Body in pieces"}
	errBeside    = errors.New("Args.Body beside Data, JSON or Files: a request has one body")
	errChunked10 = errors.New("a body of unknown size, and the peer speaks HTTP/1.0: give it a Size (RFC 9112, 6.1)")
	errTwoKinds  = errors.New("Args.JSON beside Files: a request has one body")
)

// A Sender is a request body that can send itself over some connections without passing
// through memory, as a file does by sendfile. A call uses it only if there is no TLS and
// the size of the body is known.
type Sender interface {
	// SendTo sends at most n of the bytes that come next to c, and returns how many c
	// took. err is an error of c's write. If a deadline of c passed, SendTo is called
	// again. ok is false if the body cannot send itself, or not any more. In that case
	// SendTo has sent nothing, and Read returns the next bytes or an error.
	SendTo(c netdriver.Conn, n int64) (sent int64, ok bool, err error)
}

// encoder is a body that is made whole, in memory, before it is sent.
type encoder interface{ Encode() error }

// content is the body of the request.
func (a *Args) content() (io.Reader, error) {
	switch {
	case a.Body != nil && (a.Data != nil || a.JSON != nil || a.Files != nil):
		return nil, errBeside
	case a.JSON != nil && a.Files != nil:
		return nil, errTwoKinds
	case a.Files != nil:
		return a.Files.With(a.Data), nil
	case a.Data != nil:
		return a.Data.Body(), nil
	case a.JSON != nil:
		return a.JSON, nil
	}
	return a.Body, nil
}

// contentType is what a body says it is, "" if it does not.
func contentType(b *exchange.Body) string {
	if t, ok := b.Reader().(interface{ ContentType() string }); ok {
		return t.ContentType()
	}
	return ""
}
