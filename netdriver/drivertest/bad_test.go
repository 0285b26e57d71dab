package drivertest_test

import (
	"errors"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/drivertest"
	"github.com/zreq-go/zreq/netdriver/memnet"
)

// conn is a good connection; each bad one overrides what it does badly.
type conn struct{ *memnet.Conn }

type (
	neverReads   struct{ conn }
	plainTimeout struct{ conn }
	late         struct{ conn }
	early        struct{ conn }
	eofOnClose   struct{ conn }
	cut          struct{ conn }
	flips        struct{ conn }
	forgetful    struct {
		conn
		timedOut atomic.Bool
	}
	eats    struct{ conn }
	minds   struct{ conn }
	stays   struct{ conn }
	overdue struct{ conn }

	endOnReset struct{ conn }
	tellsOnce  struct {
		conn
		told *atomic.Bool // of the reset: from then on all is an end
	}
	looksOnce   struct{ tellsOnce }
	writesOnce  struct{ tellsOnce }
	uncounted   struct{ conn }
	overcounted struct{ conn }
	lateOnClose struct{ conn }
	lingers     struct {
		conn
		once *sync.Once
	}
)

func (neverReads) Read([]byte) (int, error) { return 0, nil }

var errLate = errors.New("too late")

func (c plainTimeout) Read(p []byte) (int, error) {
	n, err := c.conn.Read(p)
	if err == os.ErrDeadlineExceeded {
		err = errLate
	}
	return n, err
}

// lateness is more than a busy machine is forgiven, which adds its worst stall.
const lateness = 5 * drivertest.Slack

func (c late) SetReadDeadline(t time.Time) error {
	return c.conn.SetReadDeadline(t.Add(lateness))
}

func (c early) SetReadDeadline(t time.Time) error {
	return c.conn.SetReadDeadline(t.Add(-time.Second))
}

func (c eofOnClose) Read(p []byte) (int, error) {
	n, err := c.conn.Read(p)
	if err == memnet.ErrClosed {
		err = io.EOF
	}
	return n, err
}

func (c cut) Read(p []byte) (int, error) {
	n, err := c.conn.Read(p)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func (c flips) Write(p []byte) (int, error) {
	q := append([]byte(nil), p...)
	if len(q) > 4096 {
		q[4096] ^= 1
	}
	return c.conn.Write(q)
}

// A timeout is final.
func (c *forgetful) Read(p []byte) (int, error) {
	if c.timedOut.Load() {
		return 0, os.ErrDeadlineExceeded
	}
	n, err := c.conn.Read(p)
	if err == os.ErrDeadlineExceeded {
		c.timedOut.Store(true)
	}
	return n, err
}

func (c eats) Check() error {
	err := c.conn.Check()
	if err == netdriver.ErrUnread {
		_, _ = c.Read(make([]byte, 1))
	}
	return err
}

// SetReadDeadline makes the wait for what was eaten short.
func (c eats) SetReadDeadline(by time.Time) error {
	if soon := time.Now().Add(time.Second); by.After(soon) {
		by = soon
	}
	return c.conn.SetReadDeadline(by)
}

func (c minds) Check() error {
	if _, err := c.Read(nil); err != nil {
		return err
	}
	return c.conn.Check()
}

func (stays) Close() error { return nil }

func (c overdue) SetWriteDeadline(t time.Time) error {
	return c.conn.SetWriteDeadline(t.Add(lateness))
}

func (c endOnReset) Read(p []byte) (int, error) {
	n, err := c.conn.Read(p)
	if err == memnet.ErrReset {
		err = io.EOF
	}
	return n, err
}

// once is err where it is told for the first time.
func (c tellsOnce) once(err error) error {
	if err == memnet.ErrReset && c.told.Swap(true) {
		return io.EOF
	}
	return err
}

func (c tellsOnce) Read(p []byte) (int, error) {
	n, err := c.conn.Read(p)
	return n, c.once(err)
}

func (c looksOnce) Check() error { return c.once(c.conn.Check()) }

// Only a Write uses the reset up.
func (c writesOnce) Read(p []byte) (int, error) {
	n, err := c.conn.Read(p)
	if err == memnet.ErrReset && c.told.Load() {
		err = io.EOF
	}
	return n, err
}

func (c writesOnce) Write(p []byte) (int, error) {
	n, err := c.conn.Write(p)
	if err == memnet.ErrReset {
		c.told.Store(true)
	}
	return n, err
}

func (c uncounted) Write(p []byte) (int, error) {
	n, err := c.conn.Write(p)
	if err != nil {
		n = 0
	}
	return n, err
}

// What may have left is not what has, and the stream cannot go on.
func (c overcounted) Write(p []byte) (int, error) {
	_, err := c.conn.Write(p)
	return len(p), err
}

func (c lateOnClose) Read(p []byte) (int, error) {
	n, err := c.conn.Read(p)
	if err == memnet.ErrClosed {
		err = os.ErrDeadlineExceeded
	}
	return n, err
}

func (c lingers) Close() error {
	err := c.conn.Close()
	c.once.Do(func() { time.Sleep(3 * time.Second) })
	return err
}
