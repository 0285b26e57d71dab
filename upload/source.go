package upload

import "io"

// A Source is a body that knows its size: bytes.Reader, strings.Reader and
// io.SectionReader are, and a FileSource is made of a file. One that is neither an
// io.Seeker nor has a method Rewind() error, which makes the next Read give its
// first byte, cannot be sent a second time.
type Source interface {
	io.Reader
	// Size is the number of bytes in it; of an io.Seeker, also those before its
	// offset.
	Size() int64
}

// source is a Source with its size and the way back to its first byte.
type source struct {
	Source
	size   int64
	back   func() error // nil: there is none
	unread bool         // nothing was ever read
}

// open asks fd for its size. It moves nothing.
func open(fd Source) (*source, error) {
	if f, ok := fd.(*FileSource); fd == nil || ok && f == nil {
		return nil, errNil
	}
	s := &source{Source: fd, unread: true}
	if r, ok := fd.(interface{ Rewind() error }); ok {
		if err := r.Rewind(); err != nil {
			return nil, err
		}
		s.back = r.Rewind
		s.size = fd.Size()
	} else if k, ok := fd.(io.Seeker); ok {
		start, err := k.Seek(0, io.SeekCurrent)
		if err != nil {
			return nil, err
		}
		s.back = func() error {
			_, err := k.Seek(start, io.SeekStart)
			return err
		}
		s.size = fd.Size() - start
	} else {
		s.size = fd.Size()
	}
	if s.size < 0 {
		return nil, errNegative
	}
	return s, nil
}

// rewind makes the first byte the next.
func (s *source) rewind() error {
	switch {
	case s.unread:
		return nil
	case s.back == nil:
		return ErrRewind
	}
	return s.back()
}

// maxEmpty bounds how often in a row a Source may give nothing.
const maxEmpty = 100

// fill reads until p is full, as far as the source goes.
func (s *source) fill(p []byte) (n int, err error) {
	if len(p) > 0 {
		s.unread = false
	}
	for empty := 0; n < len(p); {
		k, err := s.Read(p[n:])
		if k < 0 || k > len(p)-n {
			return n, errCount
		}
		n += k
		if err != nil {
			return n, err
		}
		if empty++; k > 0 {
			empty = 0
		}
		if empty == maxEmpty {
			return n, io.ErrNoProgress
		}
	}
	return n, nil
}
