package gzip

import "encoding/binary"

// The two bytes of a zlib header (RFC 1950, 2.2): the first has the method and the window.
// The second has flags, and makes the two a multiple of 31.
const (
	zlibMethod    = 8
	zlibMaxWindow = 7 // 32 KiB
	zlibDict      = 1 << 5
)

// deflateHead reads the zlib header after its first byte, if there is one. The coding is
// deflate inside zlib, but "some non-conformant implementations send the deflate
// compressed data without the zlib wrapper" (RFC 9110, 8.4.1.2). Their first byte is
// never that of zlib: it would be a stored block with padding that is not zero, which no
// encoder produces.
func (s *stream) deflateHead(first byte) error {
	if s.members > 0 {
		return s.corrupt(trailing)
	}
	s.bare = first&0x0f != zlibMethod
	if s.bare {
		s.in.hold(first)
		return nil
	}
	if err := s.fill(s.buf[:1]); err != nil {
		return err
	}
	flags := s.buf[0]
	if first>>4 > zlibMaxWindow || (uint16(first)<<8|uint16(flags))%31 != 0 {
		return s.corrupt(badHead)
	}
	if flags&zlibDict != 0 {
		return s.corrupt(unknownDict)
	}
	s.adler.Reset()
	return nil
}

// zlibTail verifies the Adler-32 after the data.
func (s *stream) zlibTail() error {
	if err := s.fill(s.buf[:4]); err != nil {
		return err
	}
	if binary.BigEndian.Uint32(s.buf[:]) != s.adler.Sum32() {
		return s.corrupt(badSum)
	}
	return nil
}
