package zreq

import (
	"errors"
	"io"

	"github.com/zreq-go/zreq/zreq/internal/ascii"
	"github.com/zreq-go/zreq/zreq/internal/buffer"
	"github.com/zreq-go/zreq/zreq/internal/exchange"
	"github.com/zreq-go/zreq/zreq/internal/line"
	"github.com/zreq-go/zreq/zreq/wire"
)

// A Coding undoes a content coding (RFC 9110, 8.4.1). It must be safe for concurrent use.
// Package gzip registers gzip and deflate.
type Coding interface {
	// Decode returns a reader of the decoded body. r gives the body as it arrives, and is
	// an io.ByteReader unless it is the output of another Coding.
	//
	// The returned reader must return io.EOF only after the end of the coded data, when
	// all checks have passed. If r ends before that, it must return io.ErrUnexpectedEOF.
	// Its Close is called once, when nothing more is read, and must not close r. The
	// reader may then be used for another response.
	Decode(r io.Reader) (io.ReadCloser, error)
}

// codings are those that were registered, in their order.
var codings []namedCoding

type namedCoding struct {
	name   string
	coding Coding
}

// These are set with the first coding, so that only a program that has one links what they
// take.
var (
	// newDecoder returns the decoder of a body whose codings are all registered.
	newDecoder func(s *stream) decoder
	// findCoding returns the coding of that name, nil if nobody registered it.
	findCoding func(name []byte) Coding
)

// acceptEncoding is the Accept-Encoding that asks for all codings, or "" if there are none.
var acceptEncoding string

// RegisterCoding makes c the Coding for the given name, in lower case. From then on
// requests ask for it by Accept-Encoding, and responses to them are decoded. That does
// not apply to calls with a StreamCallback or a Range, which ask for the bytes as they
// are, nor to calls whose Headers or Omit name Accept-Encoding.
//
// RegisterCoding is not synchronized. Call it from an init function, before the first
// request. It panics if name is already registered or not a token, or if c is nil.
func RegisterCoding(name string, c Coding) {
	if _, err := wire.AppendMethod(nil, name); err != nil { // a token, as a method is
		panic("zreq: the name of a coding is no token (RFC 9110, 8.4.1)")
	}
	if c == nil {
		panic("zreq: the coding " + name + " is nil")
	}
	for _, known := range codings {
		if ascii.EqualFold(known.name, name) {
			panic("zreq: the coding " + name + " is registered twice")
		}
	}
	newDecoder, findCoding = newDecoding, registeredCoding
	codings = append(codings, namedCoding{name, c})
	if acceptEncoding != "" {
		acceptEncoding += ", "
	}
	acceptEncoding += name
}

// registeredCoding is findCoding.
func registeredCoding(name []byte) Coding {
	if wire.EqualName(name, "x-gzip") {
		name = name[len("x-"):] // RFC 9110, 8.4.1.3
	}
	for _, known := range codings {
		if wire.EqualName(name, known.name) {
			return known.coding
		}
	}
	return nil
}

const (
	ratioGrace = 1 << 20 // decoded bytes for which Limits.Ratio does not count
	maxCodings = 3
)

var (
	errRatio   = &limitError{text: "the content coding makes more of the body than Limits.Ratio allows: raise it if the sender can be trusted"}
	errDecoded = &limitError{text: "the decoded body is larger than Limits.Decoded"}
	errBehind  = errors.New("bytes behind the end of the content coding")
)

// decoding undoes the codings of a body, the last one first.
type decoding struct {
	s       *stream
	codings []Coding
	readers []io.ReadCloser // one for each coding, when the body has begun
	raw     []byte          // of the body, not decoded yet
	rawErr  error           // what ended the body itself
	text    *buffer.Buffer  // the last decoded bytes
	err     error           // came together with them
	made    int64
	running bool // a reader is running, or has panicked
	proven  bool // the body itself has ended, and its framing proves that
}

// newDecoding is newDecoder.
func newDecoding(s *stream) decoder {
	d := &decoding{s: s, text: buffer.Acquire(s.limits.ReadBuffer)}
	list := codingsOf(s.resp.head)
	for name := list.next(); name != nil; name = list.next() {
		d.codings = append(d.codings, registeredCoding(name))
	}
	s.resp.body.decoded = true
	return d
}

// content implements decoder. If a reader panics, it ends the delivery.
func (d *decoding) content() error {
	s, over := d.s, false
	defer func() {
		if over {
			return
		}
		s.resp.body.complete = false
		s.resp.body.err = s.fail(s.ctx, errUnwound)
		defer s.end()
		if d.running {
			d.giveBack() // or Close has panicked
		}
	}()
	err := s.readAll()
	switch err {
	case io.EOF:
		err = nil
	case errCut:
		s.exchange.Drain(s.ctx)
		err = nil
	default:
		s.resp.body.complete = false
	}
	d.giveBack()
	over = true
	return err
}

// decoded implements decoder.
func (d *decoding) decoded() ([]byte, error) {
	if d.running {
		return nil, errUnwound // what the reader had taken is lost
	}
	d.running = true
	n, err := d.decode(d.text.B)
	d.running = false
	if err == io.EOF {
		d.s.resp.body.complete = d.proven
	}
	return d.text.B[:n], err
}

// fetch returns the next bytes of the body as they arrived. Its end is not that of the decoded
// body yet, so that the Response is not complete before the caller has all of that.
func (d *decoding) fetch() ([]byte, error) {
	body := &d.s.resp.body
	p, err := d.s.fetch(d.s.ctx)
	d.proven, body.complete = d.proven || body.complete, false
	return p, err
}

// decode reads decoded bytes into b. It returns at least one byte or an error.
func (d *decoding) decode(b []byte) (int, error) {
	if d.err != nil {
		return 0, d.err
	}
	if d.readers == nil {
		if err := d.begin(); err != nil {
			return 0, err
		}
	}
	n, err := line.ReadSome(d.readers[len(d.readers)-1], b)
	d.made += int64(n)
	if over := d.limit(); over != nil {
		return 0, over
	}
	if err != nil {
		d.err = d.judge(err)
	}
	if n > 0 {
		return n, nil
	}
	return 0, d.err
}

// begin makes the readers when the first byte has arrived, because an empty body is not coded.
func (d *decoding) begin() (err error) {
	if d.raw, err = d.fetch(); err != nil {
		return err
	}
	var r io.Reader = d
	for i := len(d.codings) - 1; i >= 0; i-- { // the one that was applied last (RFC 9110, 8.4)
		decoder, err := d.codings[i].Decode(r)
		if err != nil {
			return d.judge(err)
		}
		d.readers = append(d.readers, decoder)
		r = decoder
	}
	return nil
}

// limit returns an error if the decoded bytes exceed a limit.
func (d *decoding) limit() error {
	limits := &d.s.limits
	switch {
	case limits.Body > 0 && d.made > limits.Body && d.s.resp.body.use != asContent: // else keep counts them
		return errBody
	case d.made > limits.Decoded:
		return errDecoded
	case d.made > ratioGrace && d.made/limits.Ratio > d.s.exchange.Received:
		return errRatio
	}
	return nil
}

// judge returns the error of the body for an error of the readers. An error of the connection or
// of the framing takes its place.
func (d *decoding) judge(err error) error {
	switch {
	case d.rawErr != nil && d.rawErr != io.EOF:
		return d.rawErr
	case err == io.EOF:
		return d.behind()
	case err == io.ErrUnexpectedEOF:
		return &exchange.Error{Kind: ErrTruncated, Err: err}
	}
	return &exchange.Error{Kind: ErrResponse, Err: err}
}

// behind returns io.EOF if nothing follows the end of the coding.
func (d *decoding) behind() error {
	if d.rawErr == nil && len(d.raw) == 0 {
		d.raw, d.rawErr = d.fetch()
	}
	if len(d.raw) > 0 {
		return &exchange.Error{Kind: ErrResponse, Err: errBehind}
	}
	return d.rawErr
}

// Read and ReadByte give the innermost reader the body as it comes.
func (d *decoding) Read(b []byte) (int, error) {
	if err := d.fill(); err != nil {
		return 0, err
	}
	n := copy(b, d.raw)
	d.raw = d.raw[n:]
	return n, nil
}

func (d *decoding) ReadByte() (byte, error) {
	if err := d.fill(); err != nil {
		return 0, err
	}
	c := d.raw[0]
	d.raw = d.raw[1:]
	return c, nil
}

// fill fills raw if it is empty, or returns an error.
func (d *decoding) fill() error {
	if len(d.raw) == 0 && d.rawErr == nil {
		d.raw, d.rawErr = d.fetch()
	}
	if len(d.raw) > 0 {
		return nil
	}
	return d.rawErr
}

// finish implements decoder.
func (d *decoding) finish() {
	if !d.running {
		_ = d.s.more()
	}
}

// giveBack implements decoder. It closes the readers, the outermost first, and all of them even if
// one panics.
func (d *decoding) giveBack() {
	defer buffer.Release(d.text)
	for _, r := range d.readers {
		defer func() { _ = r.Close() }()
	}
}
