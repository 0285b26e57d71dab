package line

import (
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

// LookWait is how long a look takes where the driver cannot look without waiting.
const LookWait = time.Millisecond

// setDeadline sets the deadline to wait from now, or to none if wait is zero or less.
func (s *Socket) setDeadline(wait time.Duration) error {
	var at time.Time
	s.deadline = 0
	if wait > 0 {
		at = Now().Add(wait)
		s.deadline = at.Sub(began)
	}
	return s.conn.SetDeadline(at)
}

// nameLimit adds the limit to a timeout that comes from one. A timeout before the deadline is
// the network's own, and stays as it is. Some clocks know only milliseconds.
func (s *Socket) nameLimit(err error) error {
	if !netdriver.IsTimeout(err) || s.deadline == 0 || s.name == "" || s.deadline-Elapsed() > LookWait {
		return err
	}
	return &TimeoutError{Limit: s.limit, Name: s.name, Err: err}
}
