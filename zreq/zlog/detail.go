package zlog

import (
	"net"

	"github.com/rs/zerolog"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
)

// detail writes the line of an event in a call, or of an idle connection.
func (l *log) detail(e *zreq.Event) {
	line := l.logger.Debug()
	if line == nil {
		return
	}
	begin(line, e)
	if e.Call > 0 {
		line.Int("attempt", e.Attempt).Dur("elapsed", e.Elapsed)
	}
	switch e.Kind {
	case zreq.EventDial, zreq.EventDialled, zreq.EventTLS, zreq.EventSecured:
		line.Str("address", e.Address)
	case zreq.EventConn:
		line.Bool("reused", e.Reused)
		if e.Reused && e.Idle > 0 {
			line.Dur("idle", e.Idle)
		}
		ends(line, e.Conn)
	case zreq.EventSentHead, zreq.EventSentBody:
		line.Int64("sent", e.Sent)
	case zreq.EventInformational, zreq.EventHead:
		status(line, e)
	case zreq.EventRedirect:
		status(line, e)
		closed(line, e)
	case zreq.EventRetry:
		line.Dur("wait", e.Wait)
		if e.Err == nil {
			status(line, e)
		}
		closed(line, e)
	case zreq.EventBody:
		line.Int64("received", e.Received)
	case zreq.EventClose:
		line.Str("address", e.Address)
		closed(line, e)
	}
	link(line, e)
	fault(line, e.Err)
	line.Msg(e.Kind.String())
}

// begin writes the fields that every line has.
func begin(line *zerolog.Event, e *zreq.Event) {
	if e.Call > 0 { // 0 is an idle connection
		line.Uint64("call", e.Call)
	}
	if e.Method != "" {
		line.Str("method", method(e))
	}
	if e.URL != "" {
		line.Str("url", e.URL)
	}
}

func status(line *zerolog.Event, e *zreq.Event) {
	if e.Status > 0 {
		line.Int("status", e.Status)
	}
}

// link writes the name of the link where it is news: it is in every event that follows.
func link(line *zerolog.Event, e *zreq.Event) {
	switch e.Kind {
	case zreq.EventDialled, zreq.EventConn, zreq.EventRetry, zreq.EventClose, zreq.EventDone:
		if e.Link != "" {
			line.Str("link", e.Link)
		}
	}
}

func closed(line *zerolog.Event, e *zreq.Event) {
	if e.Reason != zreq.CloseNone {
		line.Str("closed", e.Reason.String())
	}
}

// ends writes the addresses of a connection, if it knows them. They tell which of two
// uplinks it uses.
func ends(line *zerolog.Event, c netdriver.Conn) {
	if c, ok := c.(interface{ LocalAddr() net.Addr }); ok {
		address(line, "local", c.LocalAddr())
	}
	if c, ok := c.(interface{ RemoteAddr() net.Addr }); ok {
		address(line, "remote", c.RemoteAddr())
	}
}

func address(line *zerolog.Event, name string, a net.Addr) {
	if a != nil {
		line.Str(name, a.String())
	}
}
