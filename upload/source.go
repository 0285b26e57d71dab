package upload

import "io"

// A Source is a body that knows its size: bytes.Reader, strings.Reader and
// io.SectionReader are, and a FileSource is made of a file. One that is neither an
// io.Seeker nor has a method Rewind() error, which makes the next Read give its
// first byte, cannot be sent a second time. One that has a method Unchanged() error
// is asked, before a success is believed, whether it still is what was sent.
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
	r, rewinds := fd.(interface{ Rewind() error })
	if rewinds {
		if err := r.Rewind(); err != nil {
			return nil, err
		}
		s.back = r.Rewind
	}
	s.size = fd.Size()
	if k, ok := fd.(io.Seeker); ok {
		start, err := k.Seek(0, io.SeekCurrent)
		if err != nil {
			return nil, err
		}
		if !rewinds {
			s.back = func() error {
				_, err := k.Seek(start, io.SeekStart)
				return err
			}
		}
		if start < 0 {
			return nil, errNegative
		}
		s.size -= start
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

// unchanged says why what was sent is no longer what the Source has, if it can.
func (s *source) unchanged() error {
	if u, ok := s.Source.(interface{ Unchanged() error }); ok {
		return u.Unchanged()
	}
	return nil
}
