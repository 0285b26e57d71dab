package line

import (
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

// LookWait is how long a look takes where the driver cannot look without waiting.
const LookWait = time.Millisecond

// setDeadline makes what is done from now on fail when wait has passed; never, if that is
// zero or less.
func (s *Socket) setDeadline(wait time.Duration) error {
	var at time.Time
	s.by = 0
	if wait > 0 {
		at = Now().Add(wait)
		s.by = at.Sub(began)
	}
	return s.conn.SetDeadline(at)
}

// judge names the limit that a timeout comes from. A timeout before the deadline is the
// network's own, and stays as it is. Some clocks know only milliseconds.
func (s *Socket) judge(err error) error {
	if !netdriver.IsTimeout(err) || s.by == 0 || s.name == "" || s.by-Elapsed() > LookWait {
		return err
	}
	return &TimeoutError{Limit: s.limit, Name: s.name, Err: err}
}
