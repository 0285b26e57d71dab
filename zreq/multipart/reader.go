package multipart

import (
	"io"
	"iter"
)

// Reader reads the parts of a body one after the other. It is for one goroutine.
type Reader struct {
	decoder decoder
	body    io.Reader
	buffer  []byte // Args.Buffer bytes
	unused  []byte // what buffer holds that was not used
	content []byte // what the decoder gave of the part and Read has not returned
	part    Part
	err     error // what has ended the Reader
}

// NewReader returns a Reader of body, such as a response with Args.Stream, whose
// Content-Type is contentType. args may be nil. The error is ErrContentType or ErrArgs.
// The Reader does not close body. It allocates its buffer, and nothing for a part.
func NewReader(body io.Reader, contentType string, args *Args) (*Reader, error) {
	d, err := newDecoder(contentType, args)
	if err != nil {
		return nil, err
	}
	r := &Reader{decoder: d, body: body, buffer: make([]byte, d.args.Buffer)}
	r.part.reader = r
	return r, nil
}

// Next returns the next part. It skips what was not read of the part before, which is not
// valid any more. After the last part it returns io.EOF. An error is an *Error, or what
// body has returned, such as a *zreq.Error. It ends the Reader: Next returns it again.
func (r *Reader) Next() (*Part, error) {
	for {
		switch e, err := r.step(); {
		case err != nil:
			return nil, err
		case e == partBegins:
			r.part.Head, r.part.ended = &r.decoder.head, false
			return &r.part, nil
		case e == bodyEnds:
			return nil, io.EOF
		}
	}
}

// Parts returns the parts that Next would, up to the first error. io.EOF is not yielded.
func (r *Reader) Parts() iter.Seq2[*Part, error] {
	return func(yield func(*Part, error) bool) {
		for {
			part, err := r.Next()
			if err == io.EOF || !yield(part, err) || err != nil {
				return
			}
		}
	}
}

// step makes the decoder go on, and reads from the body if that needs more.
func (r *Reader) step() (event, error) {
	for r.err == nil {
		e, used, err := r.decoder.next(r.unused)
		r.content = nil
		if e == data {
			r.content = r.unused[:used]
		}
		r.unused = r.unused[used:]
		switch {
		case err != nil:
			r.err = err
		case e == needMore:
			r.err = r.fill()
		case e != moved:
			return e, nil
		}
	}
	return needMore, r.err
}

// fill reads once from the body.
func (r *Reader) fill() error {
	held := copy(r.buffer, r.unused)
	for range maxEmptyReads {
		n, err := r.body.Read(r.buffer[held:])
		r.unused = r.buffer[:held+n]
		switch {
		case n > 0:
			return nil // a body that has failed fails again
		case err == io.EOF:
			return r.decoder.fail(ErrTruncated)
		case err != nil:
			return err
		}
	}
	return io.ErrNoProgress
}

// maxEmptyReads is how often a Read may return nothing and no error.
const maxEmptyReads = 100
