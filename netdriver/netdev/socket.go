package netdev

import (
	"os"
	"time"
)

// enter counts a call that goes into the device, and returns the deadline of its side. It
// fails if no call may be made or the deadline has passed.
func (c *conn) enter(sending bool, now instant) (by instant, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.side(sending)
	if c.shut != ErrClosed && s.by.isPast(now) {
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

// leave counts a call that has returned, and closes the socket that was kept for it. It returns why no other may be made, or nil.
func (c *conn) leave(sending bool) error {
	shut := c.left(sending)
	if shut != nil && c.driver.numbers.release(c.fd) {
		c.driver.closeKept(c.fd)
	}
	return shut
}

func (c *conn) left(sending bool) (shut error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.side(sending).inside--
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
		c.reading.alarm.stop()
		c.writing.alarm.stop()
		c.driver.numbers.hold(c.fd, c.reading.inside+c.writing.inside)
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
	return c.setDeadline(false, t)
}

// SetWriteDeadline does not affect a Send that is in the device.
func (c *conn) SetWriteDeadline(t time.Time) error {
	return c.setDeadline(true, t)
}

func (c *conn) setDeadline(sending bool, t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.side(sending)
	s.by = instantOf(t)
	if s.by == 0 || c.shut != nil {
		s.alarm.stop()
		return nil
	}
	c.arm(sending)
	return nil
}
