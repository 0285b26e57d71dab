package gnutls

import (
	"errors"
	"io"
	"os"
	"sync"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

const (
	// inSize is how much is read from the connection below at once: eight records of 512
	// bytes, or a part of a larger one. GnuTLS puts the parts together.
	inSize = 4 << 10
	// maxLooks bounds the reads of one Check.
	maxLooks = 64
)

// inputs lends buffers for what has come. A connection needs none while it is silent.
var inputs = sync.Pool{New: func() any { return new([inSize]byte) }}

// A reader is the reading side of a conn. One goroutine at a time uses it.
type reader struct {
	buffer *[inSize]byte // of inputs, or nil
	in     []byte        // what has come and was not used; a part of buffer
	dry    bool          // the session has used all that came, and holds no byte for Read
	isTLS  bool          // the first byte that came begins a record
	heard  bool          // a byte has come

	last error // of TLS: io.EOF, an alert or a damaged record; every later Read returns it
	end  error // of the connection below; it counts when the session holds no more

	first [1]byte // the byte that Check read, if held
	held  bool
}

// Read returns decrypted bytes.
func (c *conn) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if c.deadlines.readIsLate(0) {
		return 0, os.ErrDeadlineExceeded
	}
	if c.reader.held {
		c.reader.held = false
		p[0] = c.reader.first[0]
		return 1, nil
	}
	for {
		if n, err := c.decrypt(p); n > 0 || err != nil {
			return n, err
		}
		if err := c.fill(); err != nil {
			return 0, err
		}
	}
}

// Check reads one byte through TLS without waiting. It reads from the connection below only
// if that has bytes.
func (c *checkedConn) Check() error {
	r := &c.reader
	if r.held {
		return netdriver.ErrUnread
	}
	for range maxLooks {
		n, err := c.decrypt(r.first[:])
		if n > 0 {
			r.held = true
			return netdriver.ErrUnread
		}
		if err != nil {
			return err
		}
		if r.end == nil {
			if err = c.checker.Check(); err == nil {
				return nil
			}
			if !errors.Is(err, netdriver.ErrUnread) {
				r.end = unproven(err) // the connection is dead, even if err says Timeout, as ETIMEDOUT does
			}
		}
		if err = c.look(); err == os.ErrDeadlineExceeded {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// look is fill with a deadline of its own, in case the Check below is wrong.
func (c *checkedConn) look() error {
	if c.reader.end != nil {
		return c.reader.end
	}
	c.deadlines.lookBy(time.Now().Add(closeWait))
	defer c.deadlines.restoreRead()
	return c.fill()
}

// decrypt decrypts what has come. Without a byte and without an error, more must come
// first.
func (c *conn) decrypt(p []byte) (int, error) {
	r := &c.reader
	if r.last != nil {
		return 0, r.last
	}
	if r.dry && len(r.in) == 0 {
		return 0, nil
	}
	used, n, err := c.session.read(p, r.in)
	r.use(used)
	r.dry = err == errAgain
	switch err {
	case nil, errAgain:
	case errBye:
		r.last = io.EOF
	default:
		r.last = lasts(c.explain(err))
	}
	if r.last != nil {
		r.use(len(r.in)) // nobody will decrypt the rest
	}
	if n > 0 {
		return n, nil
	}
	return 0, r.last
}

// use notes that n bytes of in were used. It gives the buffer back if that is all.
func (r *reader) use(n int) {
	r.in = r.in[n:]
	if len(r.in) == 0 && r.buffer != nil {
		inputs.Put(r.buffer)
		r.buffer, r.in = nil, nil
	}
}

// fill reads once from the connection below, of which everything was used.
func (c *conn) fill() error {
	r := &c.reader
	if r.end != nil {
		return r.end
	}
	buffer := inputs.Get().(*[inSize]byte)
	n, err := readSome(c.below, buffer[:])
	if err != nil {
		err = c.verdict(err, c.deadlines.readIsLate(slack))
	}
	if err != os.ErrDeadlineExceeded {
		r.end = err
	}
	if n == 0 {
		inputs.Put(buffer)
		return err
	}
	r.buffer, r.in = buffer, buffer[:n]
	if !r.heard {
		r.heard = true
		r.isTLS = buffer[0] >= 20 && buffer[0] <= 24 // the types of records (RFC 8446, 5.1)
	}
	return nil
}

// readSome reads until there is a byte or an error.
func readSome(below io.Reader, p []byte) (int, error) {
	for range maxIdle {
		n, err := below.Read(p)
		if n < 0 || n > len(p) {
			return 0, errBadCount
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
	return 0, io.ErrNoProgress
}
