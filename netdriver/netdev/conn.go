package netdev

import (
	"errors"
	"io"
	"os"
	"sync"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

// grace is how long a Send may still return by itself after a deadline that
// came while it was in the device.
const grace = 20 * time.Millisecond

// conn is one socket of a device.
type conn struct {
	driver *Driver
	fd     int

	ended error // of the reading side: what every later Read returns
	lost  error // of the writing side: what every later Write returns

	mu      sync.Mutex
	readBy  time.Time
	writeBy time.Time
	shut    error       // why nothing may enter the device any more
	freed   bool        // the socket is the device's again
	inside  int         // calls in the device
	sending bool        // one of them is Send
	alarm   *time.Timer // ends a Send at a deadline that came after it began
}

var _ netdriver.Conn = (*conn)(nil)

// Read asks the device in slices until there is something.
func (c *conn) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	p = p[:min(len(p), SegmentBytes)]
	for {
		began := time.Now()
		by, err := c.enter(false, began)
		if err != nil {
			return 0, err
		}
		if c.ended != nil {
			c.leave()
			return 0, c.ended
		}
		limit := began.Add(c.driver.slice)
		if !by.IsZero() && by.Before(limit) {
			limit = by
		}
		n, err := c.driver.dev.Recv(c.fd, p, 0, limit)
		shut := c.leave()
		if n > len(p) {
			n, err = 0, errCount
		}
		if err != nil && !isTimeout(err) {
			c.ended = c.endOf(err) // the next Read's, if there are bytes with it
		}
		switch {
		case n > 0:
			return n, nil
		case shut != nil:
			return 0, shut
		case c.ended != nil:
			return 0, c.ended
		}
		rest(began, by)
	}
}

// endOf is io.EOF only if the device is known to mean it.
func (c *conn) endOf(err error) error {
	if errors.Is(err, io.EOF) {
		return io.EOF
	}
	for _, end := range c.driver.ends {
		if errors.Is(err, end) {
			return io.EOF
		}
	}
	return &opError{"recv", err}
}

// rest keeps a device that returns at once with nothing from being asked
// without a break.
func rest(began, by time.Time) {
	d := pause - time.Since(began)
	if !by.IsZero() {
		d = min(d, time.Until(by))
	}
	if d > 0 {
		time.Sleep(d)
	}
}

// Write sends p segment by segment.
func (c *conn) Write(p []byte) (int, error) {
	sent := 0
	for sent < len(p) {
		n, err := c.send(p[sent:min(len(p), sent+SegmentBytes)])
		sent += n
		if err != nil {
			return sent, err
		}
	}
	return sent, nil
}

// send makes one Send. If that fails, p counts whole: a request that may have
// left is not to be sent again.
func (c *conn) send(p []byte) (int, error) {
	began := time.Now()
	by, err := c.enter(true, began)
	if err != nil {
		return 0, err
	}
	if c.lost != nil {
		c.leaveSend()
		return 0, c.lost
	}
	n, err := c.driver.dev.Send(c.fd, p, 0, by)
	shut := c.leaveSend()
	if err == nil && (n < 0 || n > len(p)) {
		err = errCount
	}
	switch {
	case err == nil:
		if n == 0 {
			rest(began, by)
		}
		return n, nil
	case shut == ErrClosed:
		return len(p), shut
	case shut != nil, isTimeout(err): // it was given up, or gave up
		c.lost = ErrLost
		return len(p), os.ErrDeadlineExceeded
	}
	c.lost = &opError{"send", err}
	return len(p), c.lost
}
