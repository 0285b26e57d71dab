package zreq

import (
	"errors"
	"io"
	"strconv"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/zreq/wire"
)

var (
	errBodySize = errors.New("the body has a negative size left, or a negative offset: it was read beyond its end")
	errEncoded  = &limitError{text: "the JSON is larger than Limits.Content: raise it, or send it as Body in pieces"}
	errBeside   = errors.New("Args.Body beside Data, JSON or Files: a request has one body")
	errTwoKinds = errors.New("Args.JSON beside Files: a request has one body")
	errRewind   = errors.New("the body has to be sent again, and has neither Rewind nor Seek")
)

// rewinder is a body that can begin anew, whatever was read of it.
type rewinder interface{ Rewind() error }

// encoder is a body that is made whole, in memory, before it is sent.
type encoder interface{ Encode() error }

// outgoing is the body of a request while it is sent.
type outgoing struct {
	_     incomparable
	r     io.Reader // nil: there is none
	ready bool      // r has Size or Rewind: its first Read is not expected to wait
	size  int64     // negative: unknown, so it goes out chunked
	left  int64     // of size
	got   int64     // bytes that r gave
	done  bool      // r has said io.EOF
}

// open asks the body for its size, less what lies before the offset of one that can
// seek. One that can rewind begins at its beginning. limit
// bounds what is held in memory.
func (b *outgoing) open(r io.Reader, limit int64) error {
	*b = outgoing{r: r}
	if r == nil {
		return nil
	}
	b.size = -1
	held, whole := r.(encoder)
	if whole {
		if err := held.Encode(); err != nil {
			return err
		}
	}
	if s, ok := r.(rewinder); ok {
		if err := s.Rewind(); err != nil {
			return err
		}
		b.ready = true
	}
	b.size = form.SizeOf(r)
	b.ready = b.ready || b.size >= 0
	if s, ok := r.(io.Seeker); ok && b.size >= 0 {
		offset, err := s.Seek(0, io.SeekCurrent)
		if err != nil {
			return err
		}
		if b.size -= offset; b.size < 0 || offset < 0 {
			return errBodySize
		}
	}
	if whole && b.size > limit {
		return errEncoded
	}
	b.left = b.size
	return nil
}

func (b *outgoing) chunked() bool { return b.size < 0 }

// contentType is what the body says it is, "" if it does not.
func (b *outgoing) contentType() string {
	if t, ok := b.r.(interface{ ContentType() string }); ok {
		return t.ContentType()
	}
	return ""
}

// next appends to p what comes next of the body, within the capacity of p; last
// says that p ends the request.
func (b *outgoing) next(p []byte) (_ []byte, last bool, err error) {
	switch {
	case b.r == nil:
		return p, true, nil
	case b.chunked():
		return b.chunk(p)
	}
	return b.exact(p)
}

// exact appends what one Read gives. Whether the body is longer than it said is
// found out before its last byte leaves, so that the peer never holds a request
// that looks whole.
func (b *outgoing) exact(p []byte) (_ []byte, last bool, err error) {
	if b.left > 0 {
		room := int64(cap(p) - len(p) - 1) // a byte is kept for the question at the end
		if room <= 0 {
			return p, false, nil
		}
		n, err := b.read(p[len(p) : len(p)+int(min(room, b.left))])
		if err != nil {
			return p, false, err
		}
		p = p[:len(p)+n]
		if b.left -= int64(n); b.done && b.left > 0 {
			return p, false, b.wrong(strconv.FormatInt(b.size-b.left, 10))
		}
		if b.left > 0 {
			return p, false, nil // a slow one must not keep us from looking up
		}
	}
	if !b.done {
		if len(p) == cap(p) {
			return p, false, nil
		}
		n, err := b.read(p[len(p) : len(p)+1])
		if err != nil {
			return p, false, err
		}
		if n > 0 {
			return p, false, b.wrong("more")
		}
	}
	return p, true, nil
}

// maxSizeLine is 16 hexadecimal digits and the line end; chunkOverhead adds the
// line end of the data and the last chunk.
const (
	maxSizeLine   = 16 + 2
	chunkOverhead = maxSizeLine + 2 + 5
)

// chunk appends one chunk, and the last one when the body has ended
// (RFC 9112, 7.1). It does not wait for more than one Read gives.
func (b *outgoing) chunk(p []byte) (_ []byte, last bool, err error) {
	room := cap(p) - len(p) - chunkOverhead
	if room <= 0 {
		return p, false, nil // a long head goes first
	}
	data := p[len(p)+maxSizeLine : len(p)+maxSizeLine+room]
	n, err := b.read(data)
	if err != nil {
		return p, false, err
	}
	if n > 0 {
		p = wire.AppendChunkSize(p, int64(n))
		p = appendText(append(p, data[:n]...), "\r\n")
	}
	if b.done {
		p = wire.AppendLastChunk(p)
	}
	return p, b.done, nil
}

// rewind makes the body as it was when it was opened.
func (b *outgoing) rewind() (err error) {
	if b.got == 0 {
		return nil
	}
	switch s := b.r.(type) {
	case rewinder:
		err = s.Rewind()
	case io.Seeker:
		_, err = s.Seek(-b.got, io.SeekCurrent) // where it began, nobody may have said
	default:
		err = errRewind
	}
	if err == nil {
		b.left, b.got, b.done = b.size, 0, false
	}
	return err
}

// read returns at least one byte, or none when the body has ended.
func (b *outgoing) read(p []byte) (int, error) {
	n, err := readSome(b.r, p)
	b.got += int64(n)
	if err == io.EOF {
		b.done, err = true, nil
	}
	return n, err
}

// wrong is the error of a body that is not as long as it said. Not inlined: its copies
// cost 0.3 KB.
//
//go:noinline
func (b *outgoing) wrong(gave string) error {
	return errors.New("it said " + strconv.FormatInt(b.size, 10) + " bytes and gave " + gave)
}
