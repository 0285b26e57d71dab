package gzip

import (
	"hash"
	"hash/adler32"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/flate"
)

// A stream is one body on its way out of its coding. It is used again for
// others; a decompressor of some 40 KB is most of it.
type stream struct {
	coding  coding
	in      source
	inflate inflater // of in
	inside  bool     // the data of a member, behind its header
	members int      // whose header was read; what is not gzip has one
	err     error    // that every Read returns from now on

	crc   uint32      // gzip: of a header, then of data
	size  uint32      // gzip: of data, modulo 2^32
	adler hash.Hash32 // zlib: of data
	bare  bool        // deflate without zlib around it
	buf   [10]byte    // owned: the piece of header or trailer that is read
}

// inflater is the decompressor of flate.
type inflater interface {
	io.Reader
	flate.Resetter
}

func newStream() *stream {
	s := &stream{adler: adler32.New()}
	s.inflate = flate.NewReader(&s.in).(inflater)
	return s
}

// open makes s the stream of r.
func (s *stream) open(c coding, r io.Reader) {
	s.coding, s.inside, s.members, s.err = c, false, 0, nil
	s.in.open(r)
}

// Close lets go of the body and gives s back.
func (s *stream) Close() error {
	s.in.open(nil)
	s.err = errClosed
	streams.Put(s)
	return nil
}

// Read returns data. No checksum was compared before io.EOF.
func (s *stream) Read(p []byte) (int, error) {
	if s.err != nil || len(p) == 0 {
		return 0, s.err
	}
	n, err := s.read(p)
	s.err = err
	return n, err
}

// read goes from member to member until there is data, or an error.
func (s *stream) read(p []byte) (int, error) {
	for {
		if !s.inside {
			if err := s.begin(); err != nil {
				return 0, err
			}
		}
		n, err := s.inflate.Read(p)
		s.in.bore(n)
		s.sum(p[:n])
		switch {
		case err == io.EOF:
			err = s.end()
		case err != nil:
			err = s.why()
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// begin reads the header of the next member. io.EOF says that there is none, and
// that there may be none.
func (s *stream) begin() error {
	first, err := s.in.ReadByte()
	switch {
	case err == io.EOF && s.members > 0:
		return err
	case err != nil:
		return s.why()
	case s.coding == codingGzip:
		err = s.gzipHead(first)
	default:
		err = s.deflateHead(first)
	}
	if err != nil {
		return err
	}
	s.inside = true
	s.members++
	return s.inflate.Reset(&s.in, nil)
}

// end reads and compares what follows the data of a member.
func (s *stream) end() error {
	s.inside = false
	switch {
	case s.coding == codingGzip:
		return s.gzipTail()
	case s.bare:
		return nil
	}
	return s.zlibTail()
}

// sum counts p among the data.
func (s *stream) sum(p []byte) {
	switch {
	case s.coding == codingGzip:
		s.crc = crc32.Update(s.crc, crc32.IEEETable, p)
		s.size += uint32(len(p))
	case !s.bare:
		_, _ = s.adler.Write(p)
	}
}

// fill reads all of p.
func (s *stream) fill(p []byte) error {
	for i := range p {
		c, err := s.in.ReadByte()
		if err != nil {
			return s.why()
		}
		p[i] = c
	}
	return nil
}

// why is the reason for an error: that of the body's reader as it is, or else the
// decompressor found something to object to.
func (s *stream) why() error {
	switch err := s.in.err; err {
	case nil:
		return s.corrupt(badData)
	case io.EOF:
		return io.ErrUnexpectedEOF
	case errFruitless:
		return s.corrupt(fruitless)
	default:
		return err
	}
}

func (s *stream) corrupt(what string) error { return &corruptError{s.coding, what} }
