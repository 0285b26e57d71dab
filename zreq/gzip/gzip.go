package gzip

import (
	"encoding/binary"
	"hash/crc32"
)

// The fixed part of a header (RFC 1952, 2.3): two bytes that identify gzip, the method, the
// flags, and six bytes that say nothing about the data.
const (
	gzipID1    = 0x1f
	gzipID2    = 0x8b
	gzipMethod = 8
	gzipFixed  = 10

	flagHeadSum  = 1 << 1
	flagExtra    = 1 << 2
	flagName     = 1 << 3
	flagComment  = 1 << 4
	flagReserved = 0xe0
)

// gzipHead reads a header after its first byte, and keeps nothing of it.
func (s *stream) gzipHead(first byte) error {
	if first != gzipID1 {
		if s.members > 0 {
			return s.corrupt(trailing)
		}
		return s.corrupt(badHead)
	}
	head := s.buf[:gzipFixed]
	head[0] = first
	if err := s.fill(head[1:]); err != nil {
		return err
	}
	flags := head[3]
	// "must give an error indication if any reserved bit is non-zero" (RFC 1952, 2.3.1.2).
	if head[1] != gzipID2 || head[2] != gzipMethod || flags&flagReserved != 0 {
		return s.corrupt(badHead)
	}
	s.crc = crc32.ChecksumIEEE(head)
	if err := s.gzipFields(flags); err != nil {
		return err
	}
	s.crc, s.size = 0, 0
	return nil
}

// gzipFields skips the fields that the flags announce.
func (s *stream) gzipFields(flags byte) error {
	if flags&flagExtra != 0 {
		if err := s.skipExtra(); err != nil {
			return err
		}
	}
	for _, flag := range [...]byte{flagName, flagComment} {
		if flags&flag == 0 {
			continue
		}
		if err := s.skipString(); err != nil {
			return err
		}
	}
	if flags&flagHeadSum != 0 {
		return s.headSum()
	}
	return nil
}

func (s *stream) skipExtra() error {
	if err := s.skip(2); err != nil {
		return err
	}
	for n := binary.LittleEndian.Uint16(s.buf[:]); n > 0; n-- {
		if err := s.skip(1); err != nil {
			return err
		}
	}
	return nil
}

// skipString skips a string and the zero at its end.
func (s *stream) skipString() error {
	for {
		if err := s.skip(1); err != nil || s.buf[0] == 0 {
			return err
		}
	}
}

// skip reads n bytes of a header into buf and adds them to its checksum.
func (s *stream) skip(n int) error {
	if err := s.fill(s.buf[:n]); err != nil {
		return err
	}
	s.crc = crc32.Update(s.crc, crc32.IEEETable, s.buf[:n])
	return nil
}

// headSum verifies the checksum of the header, which is the lower half of a CRC-32.
func (s *stream) headSum() error {
	if err := s.fill(s.buf[:2]); err != nil {
		return err
	}
	if binary.LittleEndian.Uint16(s.buf[:]) != uint16(s.crc) {
		return s.corrupt(badHeadSum)
	}
	return nil
}

// gzipTail verifies the CRC-32 and the length after the data.
func (s *stream) gzipTail() error {
	if err := s.fill(s.buf[:8]); err != nil {
		return err
	}
	if binary.LittleEndian.Uint32(s.buf[:]) != s.crc {
		return s.corrupt(badSum)
	}
	if binary.LittleEndian.Uint32(s.buf[4:]) != s.size {
		return s.corrupt(badSize)
	}
	return nil
}
