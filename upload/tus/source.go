package tus

import (
	"errors"
	"io"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
)

// An Identifier is a source that can say whether it is the one of an earlier call, which a
// [Store] needs. An upload.FileSource is one.
type Identifier interface {
	// Identity returns a text that is the same as long as the content is. It is not empty.
	Identity() (string, error)
}

var (
	errNil      = errors.New("the source is nil: there is nothing to send")
	errNegative = errors.New("the source has a negative size: it does not know it, or was read beyond its end")
)

// source is an upload.Source that is read from where the server wants it.
type source struct {
	upload.Source
	size  int64
	start int64 // where the first byte is, for a Seeker
	at    int64 // of the next byte, from start
}

// rewinder is a Source that goes back to its first byte.
type rewinder interface{ Rewind() error }

// open determines the size of fd, and rewinds it if it can.
func open(fd upload.Source) (*source, error) {
	if f, ok := fd.(*upload.FileSource); fd == nil || ok && f == nil {
		return nil, errNil
	}
	s := &source{Source: fd}
	if r, ok := fd.(rewinder); ok {
		if err := r.Rewind(); err != nil {
			return nil, err
		}
	}
	s.size = fd.Size()
	if k, ok := fd.(io.Seeker); ok {
		var err error
		if s.start, err = k.Seek(0, io.SeekCurrent); err != nil {
			return nil, err
		}
		s.size -= s.start
	}
	if s.size < 0 || s.start < 0 {
		return nil, errNegative
	}
	return s, nil
}

// Read counts what was read.
func (s *source) Read(p []byte) (int, error) {
	n, err := s.Source.Read(p)
	if n > 0 {
		s.at += int64(n)
	}
	return n, err
}

// goTo makes offset the next byte. A source that cannot seek is read up to there, from its
// first byte if it must go back.
func (s *source) goTo(offset int64) error {
	if k, ok := s.Source.(io.Seeker); ok {
		_, err := k.Seek(s.start+offset, io.SeekStart)
		s.at = offset
		return err
	}
	if offset < s.at {
		r, ok := s.Source.(rewinder)
		if !ok {
			return upload.ErrRewind
		}
		if err := r.Rewind(); err != nil {
			return err
		}
		s.at = 0
	}
	if _, err := io.CopyN(io.Discard, s, offset-s.at); err != nil {
		if err == io.EOF {
			err = &upload.SizeError{Said: s.size, Now: s.at}
		}
		return err
	}
	return nil
}

// unchanged returns an error if the source can tell that it has changed since it was
// opened.
func (s *source) unchanged() error {
	if u, ok := s.Source.(interface{ Unchanged() error }); ok {
		return u.Unchanged()
	}
	return nil
}

// part is the Source of one request: size bytes of a source.
type part struct {
	of    *source
	from  int64
	size  int64
	given int64 // since the last rewind
	most  int64 // that was given
}

// give counts n bytes.
func (p *part) give(n int64) {
	p.given += max(n, 0)
	p.most = max(p.most, p.given)
}

// Size returns the number of bytes in the part.
func (p *part) Size() int64 { return p.size }

// Rewind goes back to the first byte of the part.
func (p *part) Rewind() error {
	p.given = 0
	return p.of.goTo(p.from)
}

// Read returns the next bytes. The last part reads on to the end of the source, so that the
// source can report that it has grown.
func (p *part) Read(buf []byte) (int, error) {
	if left := p.size - p.given; left > 0 {
		buf = buf[:min(int64(len(buf)), left)]
	} else if p.from+p.size < p.of.size {
		return 0, io.EOF
	}
	n, err := p.of.Read(buf)
	p.give(int64(n))
	if err == io.EOF && p.given < p.size {
		err = &upload.SizeError{Said: p.of.size, Now: p.from + p.given}
	}
	return n, err
}

// Unchanged is that of the source.
func (p *part) Unchanged() error { return p.of.unchanged() }

// sendingPart is a part of a source that can send itself.
type sendingPart struct{ part }

var _ zreq.Sender = (*sendingPart)(nil)

// SendTo lets the source send itself, as far as the part goes.
func (p *sendingPart) SendTo(c netdriver.Conn, n int64) (sent int64, ok bool, err error) {
	n = min(n, p.size-p.given)
	if n <= 0 {
		return 0, false, nil
	}
	sent, ok, err = p.of.Source.(zreq.Sender).SendTo(c, n)
	if sent > 0 {
		p.give(sent)
		p.of.at += sent
	}
	return sent, ok, err
}

// partOf returns a part of s, and the same as a Source.
func partOf(s *source, from, size int64) (upload.Source, *part) {
	p := &sendingPart{part{of: s, from: from, size: size}}
	if _, ok := s.Source.(zreq.Sender); ok {
		return p, &p.part
	}
	return &p.part, &p.part
}
