// Package exchange speaks HTTP/1.1 on one connection: one request and its response. It is
// the only place where the bytes of a driver meet the codec.
//
// Sending is steps. [Exchange.Send] returns where the caller has something to tell or to
// decide, and is called again; [Exchange.ReadHead] does the same up to the final head. The
// body is read by two calls: [Exchange.Buffered] returns the next event of what has been read,
// and [Exchange.Fill] reads once more, so that the caller can copy what it still needs
// before the window moves. ReadInto and Receive are the short ways.
//
// No buffer is both in and out: what is sent lies in the outbox, and what is read in the
// window.
//
// The package knows nothing of which connection is used and what becomes of it, of URLs,
// redirects, credentials and retries, of Args and Response.
package exchange

import (
	"context"
	"io"
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/internal/buffer"
	"github.com/zreq-go/zreq/zreq/internal/line"
	"github.com/zreq-go/zreq/zreq/wire"
)

// An Exchange is one request and its response. It is opened once, and may carry several
// requests of a call, one after the other. For each of them the caller uses, in this order,
// Outbox and SetHead, Attach, Send until it returns Sent, ReadHead until it returns
// Answered, then BeginBody, Buffered and Fill to the end of the body, or Drain, and Reuse. Close
// ends it. The zero Exchange can be closed.
//
// It has no goroutine and takes no lock. Close must be called to return its buffers.
type Exchange struct {
	line   *line.Line
	socket *line.Socket
	limits Limits
	meter  line.Meter

	Progress
	sending
	receiving
}

// Expectation is the field line that ends a head which asks whether its body is wanted.
const Expectation = "Expect: 100-continue\r\n"

// Request is the head of a request, and what the exchange must know of it.
type Request struct {
	Method string
	Head   []byte // in the Outbox
	Expect bool   // Head ends with Expectation
	Close  bool   // Head asks for the end of the connection
	Traced bool   // the caller has a Trace, which may take long
}

// Open sets the limits.
func (x *Exchange) Open(limits Limits) {
	if limits.LowTime <= 0 {
		limits.LowBytes = 0
	}
	x.limits = limits
	x.meter.Body, x.meter.Write, x.meter.In = limits.Body, limits.Write, limits.LowTime
}

// Outbox returns the empty buffer to which a head is appended. Its capacity is size when it is
// first called.
func (x *Exchange) Outbox(size int) []byte {
	if x.out == nil {
		x.out = buffer.Acquire(size)
	}
	return x.out.B[:0]
}

// SetHead begins another request, which Send sends once there is a socket.
func (x *Exchange) SetHead(r Request) {
	out := x.out
	out.B = r.Head[:max(len(r.Head), len(out.B))] // it may have grown
	x.sending = sending{out: out, request: r}
	x.in.Close() // until there is a socket
	x.receiving = receiving{}
	x.Progress = Progress{}
}

// Rewrite replaces the head that was set by what form returns for it. It must not have been
// sent.
func (x *Exchange) Rewrite(form func(head []byte, url string) ([]byte, error), url string) error {
	head, err := form(x.request.Head, url)
	if err == nil {
		x.out.B = head[:max(len(head), len(x.out.B))] // it may have grown
		x.request.Head = head
	}
	return err
}

// Attach makes s, the socket of l, that of the exchange. reused means that it was open before
// the request. While Replaceable returns true, Attach can replace it by another socket.
func (x *Exchange) Attach(l *line.Line, s *line.Socket, reused bool) {
	x.line, x.socket, x.Reused = l, s, reused
	x.failure = nil
	x.meter.Reconnect()
}

// Close gives the memory back.
func (x *Exchange) Close() {
	x.in.Close()
	buffer.Release(x.out)
	x.out = nil
}

// Reuse returns why the connection cannot be used again after this exchange, or CloseNone if it
// can.
func (x *Exchange) Reuse() wire.CloseReason {
	why := x.dec.Reuse()
	switch {
	case x.stage < sent:
		return wire.CloseUnsent
	case x.request.Close:
		return wire.CloseRequested
	case why != wire.CloseNone:
		return why
	case x.socket != nil && x.socket.Exhausted():
		return wire.CloseByPeer
	case !x.in.Empty():
		return wire.CloseLeftover // unexpected bytes after the response
	case x.readErr != nil:
		return wire.CloseDied
	}
	return wire.CloseNone
}

// drainWait and maxDrain bound the time and the bytes that are spent on the rest of a
// response that nobody wants.
const (
	drainWait = time.Second
	maxDrain  = 4 << 10
)

// Drain reads the rest of a response that nobody wants, if at most 4 KiB are known to remain
// or the rest is in the window. It waits for at most a second, because dialling again costs
// less than a longer wait.
func (x *Exchange) Drain(ctx context.Context) {
	if x.request.Close || x.stage < sent || x.socket.Within(ctx, drainWait, "Body") != nil {
		return
	}
	for {
		ev, err := x.event()
		if err != nil || ev.Kind == wire.End {
			return
		}
		if ev.Kind != wire.NeedMore {
			continue
		}
		if x.dec.Framing() != wire.Length || x.dec.Expect() > maxDrain || x.readMore(ctx) != nil {
			return
		}
	}
}

// event returns the next event in the window.
func (x *Exchange) event() (wire.Event, error) {
	ev, used, err := x.dec.Next(x.in.Unread())
	x.in.Use(used)
	if err != nil {
		return ev, &Error{Kind: ErrResponse, Err: err}
	}
	return ev, nil
}

// readMore reads once into the window, under the deadline that was set.
func (x *Exchange) readMore(ctx context.Context) error {
	n, err := x.read(ctx, x.in.Room(), nil)
	x.in.Add(n)
	return err
}

// readWithin is readMore with a deadline of its own. name is as for Within of the socket.
func (x *Exchange) readWithin(ctx context.Context, limit time.Duration, name string) error {
	if err := x.socket.Within(ctx, limit, name); err != nil {
		return err
	}
	return x.readMore(ctx)
}

// read reads at least one byte into p or returns an error, never both: an error beside bytes is
// returned by the next call. m is nil if the bytes are no body.
func (x *Exchange) read(ctx context.Context, p []byte, m *line.Meter) (int, error) {
	if x.readErr != nil {
		return 0, x.readErr
	}
	n, err := x.socket.Read(ctx, p, m)
	if n == 0 {
		return 0, err
	}
	x.Heard, x.readErr = true, err
	x.Read += int64(n)
	return n, nil
}

// endOfInput returns what follows from err, by which reading has ended. If err is the end of
// the connection, the codec knows whether that is the end of the response.
func (x *Exchange) endOfInput(err error) (wire.Event, error) {
	if err == io.EOF {
		ev, early := x.dec.EOF()
		cut, _ := KindOf(x.failure) // if sending failed, this end may be a reset (RFC 9112, 8)
		if early == nil && (cut == nil || x.ProvesEnd()) {
			return ev, nil
		}
	}
	return wire.Event{}, x.broken(wire.ErrTruncated, err)
}

// broken returns the error of a connection that broke with err. kind is ErrConnect while the
// request is sent, and wire.ErrTruncated while the response is awaited or read. An Error that
// has a kind stays as it is.
func (x *Exchange) broken(kind, err error) error {
	known, _ := KindOf(err)
	switch {
	case known != nil, netdriver.IsTimeout(err):
		return err // a timeout names its limit
	case x.Heard:
		if err == io.EOF {
			err = io.ErrUnexpectedEOF // io.EOF means a good end
		}
		return &Error{Kind: kind, Err: err}
	case err == io.EOF, err == io.ErrUnexpectedEOF: // the latter over TLS, without close_notify
		err = &Error{Err: io.EOF, Text: noAnswer}
	}
	kind = ErrConnect
	if x.Reused {
		kind = ErrStale
	}
	return &Error{Kind: kind, Err: err}
}
