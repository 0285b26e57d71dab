package line

import (
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

// past is a deadline that is over. Setting it wakes whoever is blocked.
var past = time.Unix(1, 0)

// LookWait is how long a look takes where the driver cannot look without waiting.
const LookWait = time.Millisecond

// A deadline is moved lazily: it is left alone while it is between one limit and a ninth
// more from now, so that a call in a loop rarely sets one.
type deadline struct {
	by    instant // 0: there is none
	limit time.Duration
	name  string // the field of Timeouts; "" for a look, which has no limit
}

// set makes what is done on conn fail when wait has passed; never, if that is zero or less.
func (d *deadline) set(conn netdriver.Conn, wait time.Duration) error {
	var at time.Time
	d.by = 0
	if wait > 0 {
		at = Now().Add(wait)
		d.by = at.Sub(began)
	}
	return conn.SetDeadline(at)
}

// judge names the limit that a timeout comes from. A timeout before the deadline is the
// network's own, and stays as it is. Some clocks know only milliseconds.
func (d *deadline) judge(err error) error {
	if !IsTimeout(err) || d.by == 0 || d.name == "" || d.by-Elapsed() > LookWait {
		return err
	}
	return &TimeoutError{Limit: d.limit, Name: d.name, Err: err}
}
