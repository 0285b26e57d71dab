package zreq

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

// past is a deadline that is over. Setting it wakes whoever is blocked.
var past = time.Unix(1, 0)

// socket is a driver's connection with the deadline that was last set on it: one,
// since a call either writes or reads. It is moved lazily: a limit holds if the
// deadline lies between one limit and a little more of it from now, so that a
// call in a loop rarely sets one.
type socket struct {
	conn    netdriver.Conn
	checker netdriver.Checker // nil if the driver cannot look without blocking

	by     time.Time
	limit  time.Duration
	name   string    // the field of Timeouts
	moved  time.Time // when a write last moved something, or began to try
	stuck  bool      // the last one moved nothing
	glance [1]byte   // for look

	// A body is sliced: each write has a short deadline, and one that is cut by that
	// is taken up again. It takes a driver with a Checker.
	resumable, sliced bool
	counts            bool // the count of a write that was cut says what has left; not in TLS
	owes              bool // a write was cut, and the next one finishes it, be it an empty one

	requests int // that it has carried, this one included
	keep     keepAlive

	// interrupt ends whatever is under way. It is made once, so that
	// context.AfterFunc costs a call no closure.
	interrupt func()
}

// newSocket makes a socket of conn. r tells whether that is plain TCP, TLS of a
// netdriver.TLS, whose Checker is that of the Conn below, or TLS in the chip.
func newSocket(conn netdriver.Conn, r *route) *socket {
	s := &socket{conn: conn, keep: keepAlive{seconds: -1, requests: -1}}
	s.checker, _ = conn.(netdriver.Checker)
	s.resumable = s.checker != nil && r.chip == nil
	s.counts = s.resumable && r.tls == nil
	s.interrupt = func() { _ = conn.SetDeadline(past) }
	return s
}

// within makes what is done from now on fail when limit, the field name of
// Timeouts, has passed.
func (s *socket) within(ctx context.Context, limit time.Duration, name string) error {
	return s.waitWithin(ctx, limit, limit, name)
}

// waitWithin is within where only wait is left of the limit.
func (s *socket) waitWithin(ctx context.Context, wait, limit time.Duration, name string) error {
	s.limit, s.name = limit, name
	return s.renew(ctx, wait, time.Now())
}

// A sliced write blocks for a part of its limit, and with the slack of the
// deadline for 100 ms at most: so soon an answer is seen that comes meanwhile, and so
// well is known when something last moved. Where a write cannot be cut, an answer is
// looked for as often between two of them.
const (
	slices    = 32
	sliceWait = 80 * time.Millisecond
)

// maxWrite is what one Write is given where it cannot be taken up again: it has
// the whole limit, and a slow peer is told from a dead one by whether it takes
// so much. It is wideWrite, of which TLS makes one record as well, when quickRun went
// in quick writes: what is quick may only go into a buffer below, and the write that
// finds that full must not be a large one. In one of more than that, as the system's,
// a blocked write waits for far more room anyway.
const (
	maxWrite  = 4 << 10
	wideWrite = 16 << 10
	quickRun  = 128 << 10
)

func (s *socket) maxWrite(quick uint32) int {
	switch {
	case s.sliced && s.counts:
		return math.MaxInt
	case quick >= quickRun:
		return wideWrite
	}
	return maxWrite
}

// writeWithin makes the next write fail when Timeouts.Write has passed since
// something moved, or when its slice is over, or after most, if that is not zero.
func (s *socket) writeWithin(ctx context.Context, limit, most time.Duration) error {
	s.limit, s.name = limit, "Write"
	now := time.Now()
	if s.sliced {
		if !s.stuck {
			s.moved = now
		}
		if limit /= slices; limit <= 0 || limit > sliceWait {
			limit = sliceWait
		}
	}
	if most > 0 && (limit <= 0 || limit > most) {
		limit = most
	}
	return s.renew(ctx, limit, now)
}

// renew moves the deadline, if limit asks for another; no limit (zero or less) is
// the zero time. The context is asked after the deadline was set, never before: a
// cancel in between would be undone by the new deadline and not seen.
func (s *socket) renew(ctx context.Context, limit time.Duration, now time.Time) error {
	var by time.Time
	if limit > 0 {
		slack := limit / 9                                               // of the eighth that is promised something is left for a look
		if left := s.by.Sub(now); left >= limit && left <= limit+slack { // not of the zero time
			return ctx.Err()
		}
		by = now.Add(limit + slack)
	}
	if by != s.by {
		s.by = by
		if err := s.conn.SetDeadline(by); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// lookIsDue reports whether it is time to look for an answer on a connection without a
// Checker, where a look costs lookWait, and notes it if so.
func (x *exchange) lookIsDue() bool {
	at := time.Now()
	due := at.Sub(x.looked) >= sliceWait
	if due {
		x.looked = at
	}
	return due
}

// begin notes that a wait begins. The time is kept here and not in the socket, which
// an idle connection keeps.
func (p *pace) begin() { p.since = time.Now() }

// ended is how long the wait took. Not inlined: its copies cost 0.1 KB each.
//
//go:noinline
//lint:ignore S1012 time.Since is another 0.5 KB
func (p *pace) ended() time.Duration { return time.Now().Sub(p.since) }

// now is for what is to be told the time.
func now() time.Time { return time.Now() }

// began is when the program did.
var began = time.Now()

// elapsed is the time since then: a third of the size of a time.Time.
//
//lint:ignore S1012 time.Since is another 0.4 KB
func elapsed() time.Duration { return time.Now().Sub(began) }

// overdue reports whether the deadline of a context is over, which it may not know yet
// where its conn does.
func overdue(ctx context.Context) bool {
	by, ok := ctx.Deadline()
	return ok && !now().Before(by)
}

// after is for what waits beside other things.
func after(d time.Duration) (over <-chan time.Time, stop func() bool) {
	t := time.NewTimer(d)
	return t.C, t.Stop
}

// judge says which limit an error comes of, if it does: the network has timeouts
// of its own. Some clocks know only milliseconds.
func (s *socket) judge(err error) error {
	if !isTimeout(err) || s.by.IsZero() || time.Until(s.by) > lookWait {
		return err
	}
	return &timeoutError{limit: s.limit, name: s.name, err: err}
}

// judgeWrite is judge for a write; nil if only its slice is over.
func (s *socket) judgeWrite(err error) error {
	now := time.Now()
	err = s.judge(err)
	_, late := err.(*timeoutError)
	if late && s.sliced && (!s.stuck || s.limit <= 0 || now.Sub(s.moved) < s.limit) {
		return nil
	}
	return err
}

// lookWait is how long a look takes where the driver cannot look without waiting.
const lookWait = time.Millisecond

// look says what netdriver.Checker says: nil of a connection that is open and
// silent. Where the driver has none, it reads, which a timeout leaves no trace of;
// a byte that comes is lost, and with it the connection.
func (s *socket) look() error {
	if s.checker != nil {
		return s.checker.Check()
	}
	s.by = time.Now().Add(lookWait)
	if err := s.conn.SetDeadline(s.by); err != nil {
		return err
	}
	n, err := readSome(s.conn, s.glance[:])
	switch {
	case n > 0:
		return netdriver.ErrUnread
	case isTimeout(err):
		return nil
	}
	return err
}

// bounded runs a step that takes a context under a limit of its own.
func bounded(ctx context.Context, limit time.Duration, name string, step func(context.Context) error) error {
	if limit <= 0 {
		return step(ctx)
	}
	own, cancel := context.WithDeadline(ctx, time.Now().Add(limit))
	defer cancel()
	err := step(own)
	over := own.Err() != nil || isTimeout(err) && overdue(own)
	if err == nil || !over || ctx.Err() != nil || overdue(ctx) {
		return err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = errors.New(err.Error()) // it was not the caller's deadline
	}
	return &timeoutError{limit: limit, name: name, err: err}
}
