package netdev

import (
	"errors"
	"io"
	"os"
	"sync"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

const (
	// grace is how long a Send may still return by itself after its deadline.
	grace = 20 * time.Millisecond
	// patience is how late other calls may be: some devices check the clock ten times a
	// second.
	patience = 250 * time.Millisecond
	// maxEmpty is how many Sends in a row may take nothing.
	maxEmpty = 100
)

// conn is one socket of a device.
type conn struct {
	driver *Driver
	fd     int

	ended error // of every further Read

	mu      sync.Mutex
	lost    error // of every further Write
	reading side
	writing side
	shut    error // why the socket was closed
}

// side is one direction of a conn.
type side struct {
	by     instant // the deadline
	inside int     // calls in the device
	alarm  alarm
}

func (c *conn) side(sending bool) *side {
	if sending {
		return &c.writing
	}
	return &c.reading
}

var _ netdriver.Conn = (*conn)(nil)

// Read calls Recv in slices until there are bytes.
func (c *conn) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	p = p[:min(len(p), SegmentBytes)]
	for {
		start := now()
		by, err := c.enter(false, start)
		if err != nil {
			return 0, err
		}
		if c.ended != nil {
			c.leave(false)
			return 0, c.ended
		}
		limit := start + c.driver.slice
		if by.isPast(limit) {
			limit = by
		}
		n, err := c.driver.dev.Recv(c.fd, p, 0, limit.deadline())
		shut := c.leave(false)
		if n > len(p) {
			n, err = 0, errCount
		}
		if err != nil && (!netdriver.IsTimeout(err) || n <= 0 && c.isEarly(limit)) {
			c.ended = c.endOf(err) // the next Read's, if there are bytes with it
		}
		switch {
		case n > 0:
			return n, nil
		case shut == errHeld:
			return 0, os.ErrDeadlineExceeded
		case shut != nil:
			return 0, shut
		case c.ended != nil:
			return 0, c.ended
		}
		rest(start, by)
	}
}

// isEarly reports whether a Recv has returned so long before limit that its timeout is
// not ours: the network has given up on the peer.
func (c *conn) isEarly(limit instant) bool {
	return limit-now() > c.driver.slice/2
}

// endOf returns io.EOF only if the device is known to mean the end by err, and not after
// a Send that broke: some devices report a reset once, and then call it an end.
func (c *conn) endOf(err error) error {
	clean := errors.Is(err, io.EOF)
	for _, end := range c.driver.ends {
		clean = clean || errors.Is(err, end)
	}
	if !clean {
		return &opError{"recv", err}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lost != nil && c.lost != ErrLost {
		return c.lost
	}
	return io.EOF
}

// rest waits before a device that returned at once with nothing is called again.
func rest(start, by instant) {
	at := now()
	d := start + instant(pause) - at
	if by != 0 {
		d = min(d, by-at)
	}
	if d > 0 {
		sleep(d)
	}
}

// Write sends p segment by segment.
func (c *conn) Write(p []byte) (int, error) {
	sent, empty := 0, 0
	for sent < len(p) {
		start := now()
		by, err := c.enter(true, start)
		if err != nil {
			return sent, err
		}
		n, err := c.send(p[sent:min(len(p), sent+SegmentBytes)], by)
		sent += n
		if err != nil {
			return sent, err
		}
		if n > 0 {
			empty = 0
			continue
		}
		if empty++; empty >= maxEmpty && by == 0 {
			return sent, &opError{"send", io.ErrNoProgress}
		}
		rest(start, by)
	}
	return sent, nil
}

// send makes one Send. If the Send fails, all of p counts as sent, because a request that
// may have been sent must not be sent again.
func (c *conn) send(p []byte, by instant) (int, error) {
	n, err := c.driver.dev.Send(c.fd, p, 0, by.deadline())
	shut := c.leave(true)
	if err == nil && (n < 0 || n > len(p)) {
		err = errCount
	}
	switch {
	case err == nil:
		return n, nil
	case shut != nil && shut != ErrLost:
		return len(p), shut
	case shut != nil, netdriver.IsTimeout(err): // it was given up, or gave up
		c.lose(ErrLost)
		return len(p), os.ErrDeadlineExceeded
	}
	err = &opError{"send", err}
	c.lose(err)
	return len(p), err
}
