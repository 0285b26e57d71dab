package flash

import "hash/crc32"

// MaxRecord is the size in bytes of the largest record that a [State] keeps. It is that of
// package download.
const MaxRecord = 512

// A record on the flash is this head, the bytes of the caller, padding, and a CRC-32 of all
// that in its last four bytes, which are programmed last. It is a multiple of the alignment
// long. A record without bytes says that there is none.
//
//	0  magic and version, 4 bytes
//	4  length of the bytes of the caller, 4 bytes
//	8  sequence number, 8 bytes
const (
	headBytes = 16
	sumBytes  = 4
)

// magic begins a record. The last byte is the version of the layout. Control characters
// keep the text of an ETag from being taken for a record.
const magic = "\x1czs\x01"

// minAlign is the alignment of records, if pages are smaller: the fewer places there are
// where a record can begin, the faster they are searched.
const minAlign = 64

// appendRecord appends a record to dst, which is empty.
func appendRecord(dst, p []byte, seq uint64, align int64) []byte {
	dst = append(dst, magic...)
	dst = appendInt(dst, uint64(len(p)), 4)
	dst = appendInt(dst, seq, 8)
	dst = append(dst, p...)
	for int64(len(dst)) < recordBytes(len(p), align)-sumBytes {
		dst = append(dst, blank)
	}
	return appendInt(dst, uint64(crc32.Checksum(dst, table)), sumBytes)
}

// recordBytes is how many bytes the record of n bytes takes.
func recordBytes(n int, align int64) int64 { return pad(int64(headBytes+n+sumBytes), align) }

// parseHead returns the length and the sequence number in the head of a record, or false
// if this is none.
func parseHead(head []byte) (n int, seq uint64, ok bool) {
	length := parseInt(head[4:8])
	if string(head[:4]) != magic || length > MaxRecord {
		return 0, 0, false
	}
	return int(length), parseInt(head[8:headBytes]), true
}

// whole reports whether a record has the checksum that it ends with.
func whole(record []byte) bool {
	end := len(record) - sumBytes
	return parseInt(record[end:]) == uint64(crc32.Checksum(record[:end], table))
}

// appendInt appends n in so many bytes, the lowest first. Package encoding/binary would link
// reflect.
func appendInt(dst []byte, n uint64, size int) []byte {
	for range size {
		dst = append(dst, byte(n))
		n >>= 8
	}
	return dst
}

func parseInt(p []byte) (n uint64) {
	for i := len(p) - 1; i >= 0; i-- {
		n = n<<8 | uint64(p[i])
	}
	return n
}
