package gzip

import "io"

const (
	// maxFruitless is how many coded bytes may pass before a byte comes of them.
	// Names, and blocks and members with nothing in them, are of that kind, and
	// have no end of their own. Data fills its window with a tenth of that.
	maxFruitless = 1 << 20

	// maxIdleReads is how often in a row there may be neither byte nor error.
	maxIdleReads = 100
)

// A source gives the coded bytes of one body, none before it is asked for, and
// remembers why there are no more.
type source struct {
	r     io.Reader
	bytes io.ByteReader // r, if it is one
	left  int           // of maxFruitless
	err   error         // that was returned: r's own, or ours
	next  error         // that r gave beside bytes

	held bool // last is to be read again
	last byte
	one  [1]byte // for an r that is no io.ByteReader
}

// open makes s a source of r. A nil r lets go of the former.
func (s *source) open(r io.Reader) {
	*s = source{r: r, left: maxFruitless}
	s.bytes, _ = r.(io.ByteReader)
}

// bore counts n bytes of data that came of what was read.
func (s *source) bore(n int) {
	if n > 0 {
		s.left = maxFruitless
	}
}

// hold makes c, which was read last, the next one again.
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

// Read returns at least one byte, or why there is none. Only data that is stored
// as it is comes through it.
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
