package netdev

import (
	"os"
	"time"
)

// enter counts a call that goes into the device, and returns the deadline of its side. It
// fails if no call may be made or the deadline has passed.
func (c *conn) enter(sending bool, now time.Time) (time.Time, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.side(sending)
	if c.shut != ErrClosed && isPast(s.by, now) {
		return s.by, os.ErrDeadlineExceeded
	}
	if c.shut != nil {
		return s.by, c.shut
	}
	if sending && c.lost != nil {
		return s.by, c.lost
	}
	s.inside++
	return s.by, nil
}

// leave counts a call that has returned. It returns why no other may be made, or nil.
func (c *conn) leave(sending bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.side(sending).inside--
	if c.shut != nil {
		c.driver.release(c.fd)
	}
	return c.shut
}

// lose sets the error of later Writes.
func (c *conn) lose(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lost = err
}

// Close closes the socket of the device, even during a Read or a Write.
func (c *conn) Close() error { return c.close(ErrClosed) }

func (c *conn) close(why error) error {
	c.mu.Lock()
	open := c.shut == nil
	c.shut = why
	if open {
		c.reading.stop()
		c.writing.stop()
		c.driver.hold(c.fd, c.reading.inside+c.writing.inside)
	}
	c.mu.Unlock()
	if !open {
		return nil
	}
	return c.driver.dev.Close(c.fd)
}

func (c *conn) SetDeadline(t time.Time) error {
	c.SetReadDeadline(t)
	return c.SetWriteDeadline(t)
}

// SetReadDeadline affects a Recv that is in the device when its slice ends.
func (c *conn) SetReadDeadline(t time.Time) error {
	return c.setDeadline(false, t, c.driver.slice+patience)
}

// SetWriteDeadline does not affect a Send that is in the device.
func (c *conn) SetWriteDeadline(t time.Time) error {
	return c.setDeadline(true, t, grace)
}

// setDeadline also sets an alarm. A call begins before its deadline, so a call that is
// inside when the alarm fires for the second time has ignored the deadline.
func (c *conn) setDeadline(sending bool, t time.Time, late time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.side(sending)
	s.by, s.late, s.warned = t, late, false
	if t.IsZero() || c.shut != nil {
		s.stop()
		return nil
	}
	first := max(time.Until(t), 0) + late/2
	if s.alarm == nil {
		s.alarm = time.AfterFunc(first, func() { c.giveUp(sending) })
		return nil
	}
	s.alarm.Reset(first)
	return nil
}

// giveUp closes the socket during a call that is late, the second time that the alarm
// fires. It would not be known how much of a Send was sent, and a Recv might never return.
// Once is not enough: if the whole program has stalled, the alarm and the call, which
// would have been in time, are due at the same moment.
func (c *conn) giveUp(sending bool) {
	c.mu.Lock()
	s := c.side(sending)
	late := s.inside > 0 && c.shut == nil && isPast(s.by, time.Now())
	if late && !s.warned {
		s.warned, late = true, false
		s.alarm.Reset(s.late / 2)
	}
	c.mu.Unlock()
	switch {
	case late && sending:
		c.close(ErrLost)
	case late:
		c.close(errHeld)
	}
}

func isPast(t, now time.Time) bool { return !t.IsZero() && !now.Before(t) }
