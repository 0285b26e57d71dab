package memnet

import (
	"io"
	"os"
	"time"
)

// Read returns the bytes that have arrived, and waits if there are none.
func (c *Conn) Read(p []byte) (int, error) {
	c.pair.mu.Lock()
	defer c.pair.mu.Unlock()
	if err := c.delay(); err != nil {
		return 0, err
	}
	for {
		if err := c.unreadable(); err != nil {
			return 0, err
		}
		if len(p) == 0 || c.faults.EmptyReads < 0 {
			return 0, nil
		}
		n, done, err := c.readNow(p)
		if done {
			return n, err
		}
		c.in.changed.Wait()
	}
}

// readNow returns bytes, an end or a fault. done is false if there is nothing yet.
func (c *Conn) readNow(p []byte) (n int, done bool, err error) {
	f := &c.faults
	switch {
	case left(f.ResetReadAfter, c.got) == 0:
		c.pair.reset()
		return 0, true, ErrReset
	case left(f.EOFAfter, c.got) == 0:
		return 0, true, io.EOF
	case left(f.StallReadAfter, c.got) == 0:
		return 0, false, nil
	case c.in.unread == 0 && c.in.ended:
		return 0, true, io.EOF
	case c.in.unread == 0:
		return 0, false, nil
	case c.empty < f.EmptyReads:
		c.empty++
		return 0, true, nil
	}
	room := min(int64(len(p)), f.readRoom(c.got))
	n = c.in.take(p[:room], c.pair.spare)
	c.got += int64(n)
	c.empty = 0
	if f.EOFWithData && (left(f.EOFAfter, c.got) == 0 || c.in.ended && c.in.unread == 0) {
		return n, true, io.EOF
	}
	return n, true, nil
}

// delay waits for the ReadDelay of the faults.
func (c *Conn) delay() error {
	d := c.faults.ReadDelay
	if d <= 0 {
		return nil
	}
	over := time.Now().Add(d)
	if c.delayOver == nil {
		c.delayOver = time.AfterFunc(d, func() {
			c.pair.mu.Lock()
			defer c.pair.mu.Unlock()
			c.in.changed.Broadcast()
		})
	} else {
		c.delayOver.Reset(d)
	}
	for time.Now().Before(over) {
		if err := c.unreadable(); err != nil {
			return err
		}
		c.in.changed.Wait()
	}
	return nil
}

func (c *Conn) unreadable() error {
	if err := c.dead(); err != nil {
		return err
	}
	if c.readBy.passed {
		return os.ErrDeadlineExceeded
	}
	return nil
}

// Write waits while the buffer is full. With an error, it returns how many bytes it has
// sent.
func (c *Conn) Write(p []byte) (int, error) {
	c.pair.mu.Lock()
	defer c.pair.mu.Unlock()
	most := len(p)
	if b := c.faults.WriteBytes; b > 0 {
		most = min(most, b)
	}
	done := 0
	for {
		if err := c.unwritable(); err != nil {
			return done, err
		}
		room := min(int64(most-done), c.faults.writeRoom(c.sent))
		n := c.out.put(p[done:done+int(room)], c.pair.size, c.pair.spare)
		c.sent += int64(n)
		done += n
		if done == most {
			return done, nil
		}
		if n == 0 {
			c.out.changed.Wait()
		}
	}
}

func (c *Conn) unwritable() error {
	if err := c.dead(); err != nil {
		return err
	}
	switch {
	case c.out.ended:
		return ErrClosed
	case c.out.deaf:
		return ErrReset
	case left(c.faults.ResetWriteAfter, c.sent) == 0:
		c.pair.reset()
		return ErrReset
	case c.writeBy.passed:
		return os.ErrDeadlineExceeded
	}
	return nil
}
