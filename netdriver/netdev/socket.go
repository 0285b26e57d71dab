package netdev

import (
	"os"
	"time"
)

// The socket behind a conn is closed when nothing is inside the device on it,
// because a Recv that was about to begin would read the next connection's bytes
// if that got the same number. A Send is not waited for: it may stay for ever.

// enter counts a call that goes into the device, unless it may not or it is too
// late by the deadline of its side, which it returns.
func (c *conn) enter(sending bool, now time.Time) (time.Time, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	by := c.readBy
	if sending {
		by = c.writeBy
	}
	if c.shut != nil {
		return by, c.shut
	}
	if isPast(by, now) {
		return by, os.ErrDeadlineExceeded
	}
	c.inside++
	c.sending = c.sending || sending
	return by, nil
}

// leave counts a call that came back. It returns why there may be no other.
func (c *conn) leave() error {
	c.mu.Lock()
	c.inside--
	if c.freed {
		c.driver.hold(c.fd, -1)
	}
	free := c.mayFree()
	shut := c.shut
	c.mu.Unlock()
	if free {
		c.driver.dev.Close(c.fd)
	}
	return shut
}

func (c *conn) leaveSend() error {
	c.mu.Lock()
	c.sending = false
	if c.alarm != nil {
		c.alarm.Stop()
		c.alarm = nil
	}
	c.mu.Unlock()
	return c.leave()
}

// mayFree decides, with mu held, whether the socket is to be closed now, which
// it is once.
func (c *conn) mayFree() bool {
	if c.shut == nil || c.freed || c.inside > 0 && !c.sending {
		return false
	}
	c.freed = true
	if c.inside > 0 {
		c.driver.hold(c.fd, c.inside)
	}
	return true
}

// Close ends a blocked Write at once, and a blocked Read by its next slice.
func (c *conn) Close() error {
	c.mu.Lock()
	c.shut = ErrClosed
	free := c.mayFree()
	c.mu.Unlock()
	if !free {
		return nil
	}
	return c.driver.dev.Close(c.fd)
}

func (c *conn) SetDeadline(t time.Time) error {
	c.SetReadDeadline(t)
	return c.SetWriteDeadline(t)
}

func (c *conn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.readBy = t
	return nil
}

// SetWriteDeadline cannot reach a Send that is in the device. If that outlasts
// t, the connection is given up: nobody could say how much of it left.
func (c *conn) SetWriteDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.writeBy = t
	if c.alarm != nil {
		c.alarm.Stop()
		c.alarm = nil
	}
	if c.sending && !t.IsZero() {
		c.alarm = time.AfterFunc(max(time.Until(t), 0)+grace, c.giveUp)
	}
	return nil
}

// giveUp closes the socket under a Send that is late.
func (c *conn) giveUp() {
	c.mu.Lock()
	if !c.sending || c.shut != nil || !isPast(c.writeBy, time.Now()) {
		c.mu.Unlock()
		return
	}
	c.shut = ErrLost
	free := c.mayFree()
	c.mu.Unlock()
	if free {
		c.driver.dev.Close(c.fd)
	}
}

func isPast(t, now time.Time) bool { return !t.IsZero() && !now.Before(t) }
