package upload

import "io"

// A Source is a body that knows its size, such as a bytes.Reader, a strings.Reader, an
// io.SectionReader or a FileSource. It may have more methods:
//
//   - A Source can be sent a second time only if it is an io.Seeker or has a method
//     Rewind() error, which makes the next Read return the first byte.
//   - If it has a method Unchanged() error, Upload calls that before it accepts a
//     success. It reports whether the Source still is what was sent.
type Source interface {
	io.Reader
	// Size returns the number of bytes in the Source. For an io.Seeker it includes those
	// before the offset.
	Size() int64
}

// source is a Source with its size and a way back to its first byte.
type source struct {
	Source
	size   int64
	back   func() error // goes back to the first byte; nil if that is not possible
	unread bool         // nothing has been read
}

// open determines the size of fd. It rewinds an fd that has Rewind, and does not move the
// offset of any other.
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

// rewind goes back to the first byte.
func (s *source) rewind() error {
	switch {
	case s.unread:
		return nil
	case s.back == nil:
		return ErrRewind
	}
	return s.back()
}

// unchanged returns an error if the Source can tell that it has changed since it was
// sent.
func (s *source) unchanged() error {
	if u, ok := s.Source.(interface{ Unchanged() error }); ok {
		return u.Unchanged()
	}
	return nil
}
