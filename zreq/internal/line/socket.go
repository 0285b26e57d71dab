package line

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

// ErrBadCount means that a driver, or a body, returned a count that cannot be.
var ErrBadCount = errors.New("the driver or the body returned an impossible count")

// MaxEmpty limits how often in a row a Read or Write of a driver, or a Read of a body, may
// return (0, nil).
const MaxEmpty = 100

// A Socket is a connection of a driver and the deadline that was last set on it. There is one
// for reading and writing, because a call does only one at a time.
type Socket struct {
	conn    netdriver.Conn
	checker netdriver.Checker // nil if the driver cannot look without waiting

	// The deadline is moved lazily: it is left alone while it is between one limit and a
	// ninth more from now, so that a call in a loop rarely sets one.
	deadline instant // 0: there is none
	limit    time.Duration
	name     string // the field of Timeouts; "" for a look, which has no limit

	look [1]byte // for Look

	resumable  bool // a read or write that a deadline cut can be taken up again
	counts     bool // a write that was cut returns how much was sent; not over TLS
	sliced     bool // writes have short deadlines, and are taken up again
	unfinished bool // the next write, even an empty one, must finish one that was cut

	requests  int // that it has carried, this one included
	keepAlive keepAlive

	interrupt interrupter // for Watch
}

// newSocket returns a Socket of conn. r shows whether that is plain TCP, TLS of a
// netdriver.TLS, whose Checker is that of the Conn below, or TLS in the chip.
func newSocket(conn netdriver.Conn, r *Route) *Socket {
	s := &Socket{conn: conn, keepAlive: keepAlive{seconds: -1, requests: -1}}
	s.checker, _ = conn.(netdriver.Checker)
	s.resumable = s.checker != nil && r.Chip == nil
	s.counts = s.resumable && r.TLS == nil
	s.interrupt = newInterrupter(conn)
	return s
}

// BeginRequest begins another request on the connection.
func (s *Socket) BeginRequest(hasBody bool) {
	s.sliced = s.resumable && hasBody
	s.requests++
}

// Conn returns the connection of the driver.
func (s *Socket) Conn() netdriver.Conn { return s.conn }

// Requests returns how many requests the socket has carried, this one included.
func (s *Socket) Requests() int { return s.requests }

// CanLook reports whether Look neither waits nor loses a byte.
func (s *Socket) CanLook() bool { return s.checker != nil }

// Resumable reports whether a read that a deadline cut can be taken up again by another
// reader, as by splice.
func (s *Socket) Resumable() bool { return s.resumable }

// TakesFiles reports whether a body may send itself, as by sendfile.
func (s *Socket) TakesFiles() bool { return s.sliced && s.counts }

// ProvesEnd reports whether the end of the connection was authenticated, as by close_notify of
// TLS (RFC 9112, 9.8).
func (s *Socket) ProvesEnd() bool {
	p, ok := s.conn.(netdriver.EndProver)
	return ok && p.ProvesEnd()
}

// SetKeepAlive notes for how many seconds the peer keeps an idle connection, and how many
// further requests it allows. A negative number means that it does not say.
func (s *Socket) SetKeepAlive(seconds, requests int32) { s.keepAlive.update(seconds, requests) }

// Exhausted reports whether the peer allows no further request.
func (s *Socket) Exhausted() bool { return s.keepAlive.exhausted() }

// Watch interrupts reads and writes when ctx ends, until stop is called. stop returns false if
// ctx has ended before. It is nil if ctx cannot end, or if each read asks ctx.
func (s *Socket) Watch(ctx context.Context) (stop func() bool) { return watch(ctx, s.interrupt) }

// Within sets the deadline for the reads and writes that follow. If limit is zero or less,
// there is none. name is the field of Timeouts that limit comes from, for the error; it is ""
// for a look, which is no limit.
func (s *Socket) Within(ctx context.Context, limit time.Duration, name string) error {
	return s.WaitWithin(ctx, limit, limit, name)
}

// WaitWithin is Within if only wait is left of the limit now. It asks the context after it has
// set the deadline: a cancel before that would be undone by the new deadline, and not be seen.
func (s *Socket) WaitWithin(ctx context.Context, wait, limit time.Duration, name string) error {
	s.limit, s.name = limit, name
	slack := wait / 9 // less than the eighth that is promised, which leaves time for a look
	left := s.deadline - Elapsed()
	moves := left < wait || left > wait+slack
	if wait <= 0 {
		moves = s.deadline != 0
	}
	if moves {
		if err := s.setDeadline(wait + slack); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Look returns nil if the connection is open and silent, netdriver.ErrUnread if something has
// arrived, and otherwise why the connection is dead. If the driver cannot look, Look reads for
// a millisecond. A byte that it reads is lost, so the connection cannot be used any more.
func (s *Socket) Look() error {
	if s.checker != nil {
		return s.checker.Check()
	}
	if err := s.setDeadline(LookWait); err != nil {
		return err
	}
	n, err := ReadSome(s.conn, s.look[:])
	switch {
	case n > 0:
		return netdriver.ErrUnread
	case netdriver.IsTimeout(err):
		return nil
	}
	return err
}

// Read reads with the deadline that Within has set. If m is not nil, it reads a part of a body,
// within the limits of m. It returns at least one byte or an error, or both if the driver does.
func (s *Socket) Read(ctx context.Context, p []byte, m *Meter) (int, error) {
	for {
		err := ctx.Err()
		if m != nil {
			err = s.BeginRead(ctx, m)
		}
		if err != nil {
			return 0, err
		}
		n, err := readWatched(ctx, s.conn, p, s.deadline)
		if m != nil && m.On() {
			if slow := m.add(n, Elapsed()-m.since, nil); slow != nil {
				return 0, slow
			}
		}
		if err = s.EndRead(int64(n), err); n > 0 || !windowIsOver(err) {
			return n, err
		}
	}
}

// BeginRead sets the deadline of a read of a body that is not made by Read.
func (s *Socket) BeginRead(ctx context.Context, m *Meter) error {
	if !m.On() {
		return s.Within(ctx, m.Body, "Body")
	}
	m.since = Elapsed()
	wait := m.In - m.waited
	if left := m.Body - m.idle; m.Body > 0 && left < wait {
		return s.WaitWithin(ctx, max(1, left), m.Body, "Body")
	}
	return s.WaitWithin(ctx, wait, m.In, "LowSpeed")
}

// EndRead is called with the results of a read that began with BeginRead. It returns the error
// with the limit that it comes from, and nil for a timeout beside bytes.
func (s *Socket) EndRead(n int64, err error) error {
	if n == 0 {
		return s.nameLimit(err)
	}
	s.keepAlive.heard()
	if netdriver.IsTimeout(err) {
		return nil
	}
	return err
}

// ReadSome reads at least one byte or returns an error.
func ReadSome(r io.Reader, p []byte) (int, error) {
	for range MaxEmpty {
		n, err := r.Read(p)
		if n < 0 || n > len(p) {
			return 0, ErrBadCount
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
	return 0, io.ErrNoProgress
}
