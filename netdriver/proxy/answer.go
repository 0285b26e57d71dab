package proxy

import (
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/wire"
)

const (
	maxHead   = 16 << 10    // bytes of the head of an answer
	maxPage   = 4 << 10     // bytes of the page of a refusal that are read
	pageWait  = time.Second // how long a refusal waits for its page
	readBytes = 1 << 10     // bytes of a Read
)

// An answer is what an HTTP proxy sends after a CONNECT.
type answer struct {
	conn    netdriver.Conn
	decoder wire.Decoder
	in      []byte // received, and not used yet
	heard   bool   // something was received
	basic   bool   // a 407 asks for Basic authentication
}

// read reads the head of the final answer. 1xx before it are skipped (RFC 9110, 15.2).
func (a *answer) read() error {
	a.decoder.Reset("CONNECT", wire.Limits{HeadBytes: maxHead})
	for {
		ev, err := a.next()
		if err != nil {
			return err
		}
		switch ev.Kind {
		case wire.Head:
			_, fields := wire.SplitHead(ev.Data)
			a.basic = asksForBasic(fields)
			return nil
		case wire.NeedMore:
			if err := a.receive(); err != nil {
				return err
			}
		}
	}
}

// next decodes the next event of what was received.
func (a *answer) next() (wire.Event, error) {
	ev, used, err := a.decoder.Next(a.in)
	a.in = a.in[used:]
	if err != nil {
		return ev, &Error{Reason: ErrProtocol, Err: err}
	}
	return ev, nil
}

// receive reads once. Bytes behind the head belong to the tunnel or are the page.
func (a *answer) receive() error {
	var p [readBytes]byte
	n, err := receive(a.conn, p[:])
	if err != nil {
		return err
	}
	a.in = append(a.in, p[:n]...)
	a.heard = true
	return nil
}

// opened reports whether there is a tunnel now. Any 2xx says so (RFC 9110, 9.3.6).
func (a *answer) opened() bool { return a.decoder.Status()/100 == 2 }

// page reads what is there of the content of a refusal. keeps reports whether that was all
// of it, and the connection can carry another request.
func (a *answer) page() (page []byte, keeps bool) {
	if a.conn.SetReadDeadline(time.Now().Add(pageWait)) != nil {
		return nil, false
	}
	for {
		ev, err := a.next()
		if err != nil {
			return page, false
		}
		switch ev.Kind {
		case wire.Data:
			room := maxPage - len(page)
			page = append(page, ev.Data[:min(len(ev.Data), room)]...)
			if len(ev.Data) > room {
				return page, false
			}
		case wire.End:
			keeps = len(a.in) == 0 && a.decoder.Reuse() == wire.CloseNone
			return page, keeps && a.conn.SetReadDeadline(time.Time{}) == nil
		case wire.NeedMore:
			if a.receive() != nil {
				return page, false
			}
		}
	}
}

// lasts reports whether the head says that the connection can carry another request after
// the page. If not, the page is not waited for.
func (a *answer) lasts() bool {
	return !a.decoder.Closes() && a.decoder.Length() <= maxPage
}
