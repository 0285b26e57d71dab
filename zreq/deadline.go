package zreq

import (
	"context"
	"errors"
	"io"
	"math"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

// past is a deadline that is over. Setting it wakes whoever is blocked.
var past = time.Unix(1, 0)

// socket is a driver's connection with the deadlines that were last set on it.
// They are moved lazily: a limit holds if the deadline lies between one limit
// and nine eighths of it from now, so that a call in a loop rarely sets one.
type socket struct {
	conn    netdriver.Conn
	checker netdriver.Checker // nil if the driver cannot look without blocking

	// sliced says that a write may be ended by its deadline and taken up again:
	// plain TCP, and a driver that knows how much went out.
	sliced bool
	stuck  bool      // the last write moved nothing
	moved  time.Time // when one last did, or began to try

	readBy, writeBy       time.Time
	readLimit, writeLimit time.Duration
	readName              string
	glance                [1]byte // for look

	// interrupt ends whatever is under way. It is made once, so that
	// context.AfterFunc costs a call no closure.
	interrupt func()
}

func newSocket(conn netdriver.Conn, plain bool) *socket {
	s := &socket{conn: conn}
	s.checker, _ = conn.(netdriver.Checker)
	s.sliced = plain && s.checker != nil
	s.interrupt = func() { _ = conn.SetDeadline(past) }
	return s
}

// readWithin makes reads from now on fail when limit, the field name of
// Timeouts, has passed. The context is asked after the deadline was set, never
// before: a cancel in between would be undone by the new deadline and not seen.
func (s *socket) readWithin(ctx context.Context, limit time.Duration, name string) error {
	s.readLimit, s.readName = limit, name
	if by, moved := renew(s.readBy, limit, time.Now()); moved {
		s.readBy = by
		if err := s.conn.SetReadDeadline(by); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// A write that can be taken up again may block for a slice of its limit, and with
// the slack of the deadline for a second: so soon an answer is seen that comes
// meanwhile, and so well is known when something last moved.
const (
	slices    = 32
	sliceWait = 7 * time.Second / 8
)

// maxWrite is what one Write is given where it cannot be taken up again: it has
// the whole limit, and a slow peer is told from a dead one by whether it takes
// so much.
const maxWrite = 4 << 10

func (s *socket) maxWrite() int {
	if s.sliced {
		return math.MaxInt
	}
	return maxWrite
}

// writeWithin makes the next write fail when Timeouts.Write has passed since
// something moved, or when its slice is over.
func (s *socket) writeWithin(ctx context.Context, limit time.Duration) error {
	s.writeLimit = limit
	now := time.Now()
	if s.sliced {
		if !s.stuck {
			s.moved = now
		}
		if limit /= slices; limit <= 0 || limit > sliceWait {
			limit = sliceWait
		}
	}
	if by, moved := renew(s.writeBy, limit, now); moved {
		s.writeBy = by
		if err := s.conn.SetWriteDeadline(by); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// readError says which limit a read ran into, if it did: the network has
// timeouts of its own.
func (s *socket) readError(err error) error {
	return over(err, s.readBy, s.readLimit, s.readName)
}

// writeError is readError for a write; nil if only its slice is over.
func (s *socket) writeError(err error) error {
	now := time.Now()
	err = over(err, s.writeBy, s.writeLimit, "Write")
	_, late := err.(*timeoutError)
	if late && s.sliced && (!s.stuck || s.writeLimit <= 0 || now.Sub(s.moved) < s.writeLimit) {
		return nil
	}
	return err
}

func over(err error, by time.Time, limit time.Duration, name string) error {
	if !isTimeout(err) || by.IsZero() || time.Now().Before(by) {
		return err
	}
	return &timeoutError{limit, name, err}
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
	s.readBy = time.Now().Add(lookWait)
	if err := s.conn.SetReadDeadline(s.readBy); err != nil {
		return err
	}
	for range maxEmpty {
		n, err := s.conn.Read(s.glance[:])
		switch {
		case n > 0:
			return netdriver.ErrUnread
		case isTimeout(err):
			return nil
		case err != nil:
			return err
		}
	}
	return io.ErrNoProgress
}

// unasked reports whether the peer of a new connection has spoken first, where
// the driver can look.
func (s *socket) unasked() bool {
	return s.checker != nil && errors.Is(s.checker.Check(), netdriver.ErrUnread)
}

// renew returns the deadline for limit, and whether it is another than by. No
// limit (zero or less) is the zero time.
func renew(by time.Time, limit time.Duration, now time.Time) (time.Time, bool) {
	if limit <= 0 {
		return time.Time{}, !by.IsZero()
	}
	slack := limit / 8
	if left := by.Sub(now); !by.IsZero() && left >= limit && left <= limit+slack {
		return by, false
	}
	return now.Add(limit + slack), true
}

// within runs a step that takes a context under a limit of its own.
func within(ctx context.Context, limit time.Duration, name string, step func(context.Context) error) error {
	if limit <= 0 {
		return step(ctx)
	}
	own, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := step(own)
	if err == nil || own.Err() == nil || ctx.Err() != nil {
		return err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = errors.New(err.Error()) // it was not the caller's deadline
	}
	return &timeoutError{limit, name, err}
}
