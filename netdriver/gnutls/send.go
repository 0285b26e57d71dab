package gnutls

import (
	"io"
	"os"
	"sync"
)

// maxOut bounds the buffers that outputs keeps.
const maxOut = 32 << 10

// outputs lends buffers for what is to be sent. A connection needs none once it was sent.
var outputs = sync.Pool{New: func() any { return new([]byte) }}

// A writer is the writing side of a conn. Records leave in the order in which the session
// made them, because each has its number.
type writer struct {
	mu     sync.Mutex // held by Write, CloseWrite and Close
	buffer *[]byte    // of outputs, or nil; records that the session has made
	sent   int        // how much of buffer has left
	cut    bool       // the connection below has taken all, but must finish its last Write first
	late   bool       // the last Write was ended by its deadline
	moved  bool       // bytes went down since Write reset it
	bye    bool       // close_notify is made
	failed error      // the stream of records is broken
}

// Write sends at most maxRecord bytes, in one record or in as many as the size of records
// asks for. If the deadline comes after the records were made, Write counts them as sent.
// The next Write, which may be empty, sends the rest of them first.
func (c *conn) Write(p []byte) (n int, err error) {
	w := &c.writer
	w.mu.Lock()
	defer w.mu.Unlock()
	n, err = c.write(p[:min(len(p), maxRecord)])
	w.late = err == os.ErrDeadlineExceeded
	return n, err
}

func (c *conn) write(p []byte) (int, error) {
	if c.deadlines.writeIsLate(0) {
		return 0, os.ErrDeadlineExceeded
	}
	if err := c.flush(); err != nil || len(p) == 0 {
		return 0, err
	}
	n, err := c.session.write(p)
	if n == 0 {
		return 0, err
	}
	c.writer.moved = false
	if failed := c.flush(); failed != nil {
		err = failed
	}
	if err != nil && err != os.ErrDeadlineExceeded && !c.writer.moved {
		return 0, err
	}
	return n, err // a record that left in part counts as sent
}

// CloseWrite sends close_notify. It uses the write deadline. If the deadline stops it,
// another call sends the rest.
func (c *conn) CloseWrite() error {
	c.writer.mu.Lock()
	defer c.writer.mu.Unlock()
	return c.sayBye()
}

// sayBye sends what is left, and close_notify. After a fatal error there is none, and what
// is left is an alert.
func (c *conn) sayBye() error {
	w := &c.writer
	var err error
	if !w.bye {
		err = c.session.bye()
		w.bye = err == nil
	}
	if unsent := c.flush(); err == nil {
		err = unsent
	}
	return err
}

// flush sends the records that the session has made.
func (c *conn) flush() error {
	w := &c.writer
	if w.failed != nil {
		return w.failed
	}
	if w.cut {
		if err := c.finish(); err != nil {
			return err
		}
	}
	w.load(c.session)
	err := c.send()
	w.release()
	return err
}

// load takes what the session has made.
func (w *writer) load(s *session) {
	if w.buffer == nil {
		w.buffer = outputs.Get().(*[]byte)
	}
	*w.buffer = s.take(*w.buffer)
}

// release gives the buffer back if everything in it has left.
func (w *writer) release() {
	if w.sent < len(*w.buffer) {
		return
	}
	if cap(*w.buffer) <= maxOut {
		*w.buffer = (*w.buffer)[:0]
		outputs.Put(w.buffer)
	}
	w.buffer, w.sent = nil, 0
}

// owes reports whether records were made that have not left.
func (w *writer) owes() bool { return w.cut || w.buffer != nil }

// send writes the buffer to the connection below.
func (c *conn) send() error {
	w := &c.writer
	for idle := 0; w.sent < len(*w.buffer); {
		p := (*w.buffer)[w.sent:]
		n, err := c.below.Write(p)
		if n < 0 || n > len(p) {
			n, err = 0, errBadCount
		}
		if n > 0 {
			w.moved = true
			idle = 0
		}
		w.sent += n
		if idle++; err == nil && idle > maxIdle {
			err = io.ErrNoProgress
		}
		if err != nil {
			err = c.fault(err)
			w.cut = err == os.ErrDeadlineExceeded && n == len(p)
			return err
		}
	}
	return nil
}

// finish lets the connection below finish a Write that its deadline cut, as one of TLS
// has to: a Write of nothing does that (see netdriver.Checker).
func (c *conn) finish() error {
	if _, err := c.below.Write(nil); err != nil {
		return c.fault(err)
	}
	c.writer.cut = false
	return nil
}

// fault judges an error of a Write of the connection below. A deadline breaks nothing.
func (c *conn) fault(err error) error {
	if err = c.verdict(err, c.deadlines.writeIsLate(slack)); err != os.ErrDeadlineExceeded {
		c.writer.failed = err
	}
	return err
}
