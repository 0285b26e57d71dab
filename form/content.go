package form

import (
	"errors"
	"io"
)

var (
	errNoContent = errors.New("there is no Content")
	errAgain     = errors.New("it cannot be sent again: its Content has neither Rewind nor Seek")
	errCount     = errors.New("its Content gave an impossible count")
)

// maxIdle is how often in a row a reader may return no bytes and no error, as in package
// bufio.
const maxIdle = 100

// A content reads the Content of a File and keeps count.
type content struct {
	File
	size  int64 // negative: unknown
	start int64 // offset of the first byte; negative: cannot seek
	got   int64 // bytes read since start
}

// rewind goes back to the first byte and determines the size.
func (c *content) rewind() error {
	if err := c.goBack(); err != nil {
		return &partError{c.Field, err}
	}
	c.got = 0
	c.measure()
	return nil
}

func (c *content) goBack() error {
	if c.Content == nil {
		return errNoContent
	}
	if e, ok := c.Content.(interface{ Encode() error }); ok {
		if err := e.Encode(); err != nil {
			return err
		}
	}
	if r, ok := c.Content.(interface{ Rewind() error }); ok {
		return r.Rewind()
	}
	if c.got == 0 {
		return nil
	}
	s, ok := c.Content.(io.Seeker)
	if !ok || c.start < 0 {
		return errAgain
	}
	_, err := s.Seek(c.start, io.SeekStart)
	return err
}

func (c *content) measure() {
	s, seeks := c.Content.(io.Seeker)
	if seeks {
		var err error
		if c.start, err = s.Seek(0, io.SeekCurrent); err != nil {
			c.start = -1 // a pipe has the method, but it fails
		}
	}
	c.size = c.Size
	if c.size != 0 {
		return
	}
	c.size = -1
	if c.start < 0 {
		return
	}
	if whole := SizeOf(c.Content); whole >= 0 {
		c.size = max(0, whole-c.start)
	}
}

// read reads into p, which is not empty. After the last byte it reads one byte more, and
// returns io.EOF only if there is none.
func (c *content) read(p []byte) (int, error) {
	if c.size >= 0 {
		p = p[:min(int64(len(p)), max(1, c.size-c.got))]
	}
	for range maxIdle {
		n, err := c.Content.Read(p)
		if n < 0 || n > len(p) {
			return 0, &partError{c.Field, errCount}
		}
		c.got += int64(n)
		switch more := c.size >= 0 && c.got > c.size; {
		case more || err == io.EOF && c.got < c.size:
			if more {
				n = 0
			}
			return n, &SizeError{c.Field, c.size, c.got}
		case err != nil && err != io.EOF:
			return n, &partError{c.Field, err}
		case n > 0 || err != nil:
			return n, err
		}
	}
	return 0, &partError{c.Field, io.ErrNoProgress}
}
