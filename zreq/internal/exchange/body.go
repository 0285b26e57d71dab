package exchange

import (
	"errors"
	"io"
	"strconv"

	"github.com/zreq-go/zreq/zreq/internal/line"
	"github.com/zreq-go/zreq/zreq/wire"
)

// ErrNoRewind: a body has to be sent again, and has neither Rewind nor Seek.
var ErrNoRewind = errors.New("the body has to be sent again, and has neither Rewind nor Seek")

// A Rewinder is a body that can go back to its beginning, however much of it was read.
type Rewinder interface{ Rewind() error }

// A Body is the body of a request while it is sent. The zero Body is none.
type Body struct {
	reader io.Reader // nil: there is none
	ready  bool      // its first Read is not expected to wait
	size   int64     // negative: unknown, so it goes out chunked
	got    int64     // bytes that reader gave or, as a Sender, sent
	done   bool      // reader has said io.EOF
}

// Open makes b the body that r gives. size is its length, and negative if that is not known.
// The first bytes of a body that is ready are sent in one write with the head.
func (b *Body) Open(r io.Reader, size int64, ready bool) {
	b.reader, b.size, b.ready, b.got, b.done = r, size, ready, 0, false
}

// Drop removes the body.
func (b *Body) Drop() { b.Open(nil, 0, false) }

// Exists reports whether there is a body, which may be empty.
func (b *Body) Exists() bool { return b.reader != nil }

// Reader returns the reader of the body, or nil if there is no body.
func (b *Body) Reader() io.Reader { return b.reader }

// Chunked reports whether the body is sent in chunked framing.
func (b *Body) Chunked() bool { return b.size < 0 }

// Size returns the length of the body. It is negative if that is not known.
func (b *Body) Size() int64 { return b.size }

// Rewind takes the body back to where it was when it was opened.
func (b *Body) Rewind() (err error) {
	if b.got == 0 {
		return nil
	}
	switch r := b.reader.(type) {
	case Rewinder:
		err = r.Rewind()
	case io.Seeker:
		_, err = r.Seek(-b.got, io.SeekCurrent) // relative, because it need not have begun at 0
	default:
		err = ErrNoRewind
	}
	if err == nil {
		b.got, b.done = 0, false
	}
	return err
}

// next appends the next bytes of the body to p, within the capacity of p. last means that the
// request ends with p.
func (b *Body) next(p []byte) (_ []byte, last bool, err error) {
	if b.Chunked() {
		p, last, err = b.chunk(p)
	} else {
		p, last, err = b.exact(p)
	}
	if err != nil {
		err = &Error{Kind: ErrBody, Err: err}
	}
	return p, last, err
}

// exact appends what one Read gives. It finds out whether the body is longer than its size
// before the last byte is sent, so that the peer never has a request that looks complete.
func (b *Body) exact(p []byte) (_ []byte, last bool, err error) {
	if b.left() > 0 {
		room := cap(p) - len(p) - 1 // a byte is kept for the check at the end
		if room <= 0 {
			return p, false, nil
		}
		p, err = b.read(p, int(min(int64(room), b.left())))
		switch {
		case err != nil:
			return p, false, err
		case b.left() > 0 && b.done:
			return p, false, b.wrong()
		case b.left() > 0:
			return p, false, nil // send what came, and look for an answer before more is read
		}
	}
	if !b.done {
		if len(p) == cap(p) {
			p = append(p, 0)[:len(p)] // a head has filled the buffer, and may not leave before this is known
		}
		if p, err = b.read(p, 1); err != nil {
			return p, false, err
		}
		if b.got > b.size {
			return p, false, b.wrong()
		}
	}
	return p, true, nil
}

// left returns how much of a body of known size is still to be sent.
func (b *Body) left() int64 { return b.size - b.got }

// maxSizeLine is 16 hexadecimal digits and the line end; chunkOverhead adds the line end
// of the data and the last chunk.
const (
	maxSizeLine   = 16 + 2
	chunkOverhead = maxSizeLine + 2 + 5
)

// chunk appends what one Read gives as a chunk, and the last chunk when the body has ended
// (RFC 9112, 7.1).
func (b *Body) chunk(p []byte) (_ []byte, last bool, err error) {
	room := cap(p) - len(p) - chunkOverhead
	if room <= 0 {
		return p, false, nil // a long head goes first
	}
	start := len(p) + maxSizeLine
	ahead, err := b.read(p[:start], room)
	if err != nil {
		return p, false, err
	}
	if data := ahead[start:]; len(data) > 0 {
		p = append(wire.AppendChunkSize(p, int64(len(data))), data...)
		p = wire.AppendEnd(p)
	}
	if b.done {
		p = wire.AppendLastChunk(p)
	}
	return p, b.done, nil
}

// read appends between one and most bytes to p, or none when the body has ended.
func (b *Body) read(p []byte, most int) ([]byte, error) {
	n, err := line.ReadSome(b.reader, p[len(p):len(p)+most])
	b.got += int64(n)
	if err == io.EOF {
		b.done, err = true, nil
	}
	return p[:len(p)+n], err
}

// wrong returns the error of a body whose length is not its size.
func (b *Body) wrong() error {
	gave := "more"
	if b.got < b.size {
		gave = strconv.FormatInt(b.got, 10)
	}
	return errors.New("it said " + strconv.FormatInt(b.size, 10) + " bytes and gave " + gave)
}
