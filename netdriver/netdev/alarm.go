//go:build !tinygo

package netdev

import "time"

// An alarm ends a call that has outlasted its deadline. It is part of a side of a conn, and
// the mutex of the conn guards it.
type alarm struct {
	timer  *time.Timer   // fires twice
	late   time.Duration // how late a call may be
	warned bool          // the timer has fired once
}

func (a *alarm) stop() {
	if a.timer != nil {
		a.timer.Stop()
	}
}

// arm sets the alarm of a side to its deadline. A call begins before its deadline, so a
// call that is inside when the timer fires for the second time has ignored it.
func (c *conn) arm(sending bool) {
	s := c.side(sending)
	a := &s.alarm
	a.warned, a.late = false, patience+time.Duration(c.driver.slice)
	if sending {
		a.late = grace
	}
	first := max(time.Duration(s.by-now()), 0) + a.late/2
	if a.timer == nil {
		a.timer = time.AfterFunc(first, func() { c.giveUp(sending) })
		return
	}
	a.timer.Reset(first)
}

// giveUp closes the socket during a call that is late, the second time that the alarm
// fires. It would not be known how much of a Send was sent, and a Recv might never return.
// Once is not enough: if the whole program has stalled, the alarm and the call, which
// would have been in time, are due at the same moment.
func (c *conn) giveUp(sending bool) {
	if !c.isLate(sending) {
		return
	}
	if sending {
		c.close(ErrLost)
	} else {
		c.close(errHeld)
	}
}

// isLate reports whether a call is late for the second time.
func (c *conn) isLate(sending bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.side(sending)
	late := s.inside > 0 && c.shut == nil && s.by.isPast(now())
	if late && !s.alarm.warned {
		s.alarm.warned = true
		s.alarm.timer.Reset(s.alarm.late / 2)
		return false
	}
	return late
}
