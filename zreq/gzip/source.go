package gzip

import "io"

const (
	// maxFruitless is how many coded bytes may be read without a byte of output. Names,
	// and blocks and members without content, give none and may be of any number. Data
	// fills its window with a tenth of that.
	maxFruitless = 1 << 20

	// maxIdleReads is how many reads in a row may return neither a byte nor an error.
	maxIdleReads = 100
)

// A source returns the coded bytes of one body. It reads none before it is asked, and
// remembers why there are no more.
type source struct {
	r     io.Reader
	bytes io.ByteReader // r, if r is one; otherwise nil
	left  int           // how much of maxFruitless is left
	err   error         // the error that was returned: that of r, or ours
	next  error         // the error that r returned together with bytes

	held bool // last is read again
	last byte
	one  [1]byte // for an r that is not an io.ByteReader
}

// open makes s a source of r. If r is nil, s only drops its reader.
func (s *source) open(r io.Reader) {
	*s = source{r: r, left: maxFruitless}
	s.bytes, _ = r.(io.ByteReader)
}

// bore records that what was read gave n bytes of output.
func (s *source) bore(n int) {
	if n > 0 {
		s.left = maxFruitless
	}
}

// hold makes c, the last byte that was read, the next one again.
func (s *source) hold(c byte) { s.held, s.last = true, c }

// ReadByte returns the next byte.
func (s *source) ReadByte() (byte, error) {
	if s.held {
		s.held = false
		return s.last, nil
	}
	if s.left <= 0 || s.bytes == nil || s.next != nil {
		_, err := s.Read(s.one[:])
		return s.one[0], err
	}
	s.left--
	c, err := s.bytes.ReadByte()
	if err != nil {
		s.err = err
	}
	return c, err
}

// Read returns at least one byte, or an error. It is used only for data that is stored as
// it is.
func (s *source) Read(p []byte) (int, error) {
	n, err := s.read(p)
	s.left -= n
	if err != nil {
		s.err = err
	}
	return n, err
}

func (s *source) read(p []byte) (int, error) {
	if s.left <= 0 {
		return 0, errFruitless
	}
	if s.next != nil {
		return 0, s.next
	}
	for range maxIdleReads {
		n, err := s.r.Read(p)
		if n > 0 {
			s.next = err
			return n, nil
		}
		if err != nil {
			return 0, err
		}
	}
	return 0, io.ErrNoProgress
}
