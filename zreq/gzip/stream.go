package gzip

import (
	"hash"
	"hash/adler32"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/flate"
)

// A stream decodes one body. It is reused for others, because its decompressor takes
// about 40 KB.
type stream struct {
	coding  coding
	in      source
	inflate inflater // the decompressor, which reads from in
	inside  bool     // in the data of a member, after its header
	members int      // members whose header was read; a body that is not gzip has one
	err     error    // of every further Read

	crc   uint32      // gzip: of a header, then of data
	size  uint32      // gzip: of data, modulo 2^32
	adler hash.Hash32 // zlib: of data
	bare  bool        // deflate without zlib
	buf   [10]byte    // owned: the part of a header or trailer that is being read
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

// Close drops the body and returns s to the pool.
func (s *stream) Close() error {
	s.in.open(nil)
	s.err = errClosed
	streams.Put(s)
	return nil
}

// Read returns data. Its checksum is verified only before io.EOF is returned.
func (s *stream) Read(p []byte) (int, error) {
	if s.err != nil || len(p) == 0 {
		return 0, s.err
	}
	n, err := s.read(p)
	s.err = err
	return n, err
}

// read goes through the members until there is data or an error.
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

// begin reads the header of the next member. It returns io.EOF if there is none and none
// is needed.
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

// end verifies what follows the data of a member.
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

// sum adds p to the checksum of the data.
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

// why returns the error of the body's reader, or, if there is none, the one that the
// decompressor stands for.
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
