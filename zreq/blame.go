package zreq

import (
	"errors"
	"io"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/internal/line"
	"github.com/zreq-go/zreq/zreq/internal/pool"
	"github.com/zreq-go/zreq/zreq/internal/target"
)

// Blame tells d that a link has stalled or broken, if err, the error of a call over d, says
// so and d is a netdriver.Suspecter. If d is nil, it is the default driver. A call of a
// [Session] is reported by [Session.Blame].
//
// The link of Error.Link is suspected if a connection over it was silent or too slow for a
// limit of [Timeouts], or if it was reset. It is not suspected if
//
//   - the peer has closed the connection, or has sent a TLS alert or a certificate that does
//     not verify, since that has come over the link
//   - a connection was reset that had been idle (ErrStale), or behind a response that came
//     before the end of the request, which is how a server refuses the rest
//   - the caller has ended the call, or its context has ended, by a deadline as well
//   - another call would fail in the same way; see [Transient]
func Blame(d netdriver.Driver, err error) {
	if e := linkError(err); e != nil {
		_ = blame((*Session)(nil).driver(d), e)
	}
}

// blame reports the link of e to d. It returns which connections are not to be used again.
func blame(d netdriver.Driver, e *Error) left {
	l := left{driver: d, link: e.Link}
	switch told := d.(type) {
	case netdriver.HostSuspecter:
		var address []byte
		if at, err := target.Parse(e.URL); err == nil {
			l.origin = originVia(&at, d)
			address = l.origin.AppendAddress(nil)
		}
		l.all = told.SuspectHost(e.Link, string(address))
	case netdriver.Suspecter:
		told.Suspect(e.Link)
		l.all = true
	default:
		return left{}
	}
	return l
}

// left is a link that is not to be used again. The zero value is none.
type left struct {
	driver netdriver.Driver
	link   string
	origin target.Origin
	all    bool // for other origins as well
}

// has reports whether c goes over the link.
func (l *left) has(c *pool.Conn) bool {
	same, _ := line.Equal(c.Route.Driver, l.driver)
	return same && c.Path.Name() == l.link && (l.all || c.Origin.Same(&l.origin))
}

// linkError returns the Error of a call if it may be the fault of a link, or nil.
func linkError(err error) *Error {
	var e *Error
	if errors.As(err, &e) && e.isOfLink() {
		return e
	}
	return nil
}

// isOfLink reports whether e may be the fault of a link: a connection over one has stalled or
// broken, and nothing shows that the link works.
func (e *Error) isOfLink() bool {
	refused := e.early && !netdriver.IsTimeout(e.Err)
	return e.Link != "" && !e.late && !e.byCaller && !refused && e.kind != ErrStale && isPassing(e) && !isEnd(e.Err)
}

// isEnd reports whether the peer has ended the connection, as err says.
func isEnd(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || netdriver.IsAnswered(err)
}
