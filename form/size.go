package form

import (
	"io"
	"io/fs"
)

// SizeOf returns how many bytes r has from its beginning to its end, wherever its
// offset is, and -1 if r does not say. It is how zreq, and a [Multipart], measure a
// body. It asks for two methods:
//
//	Size() int64                 // as of bytes.Reader, strings.Reader, io.SectionReader
//	Stat() (fs.FileInfo, error)  // as of os.File, and of what fs.FS opens
//
// A negative Size is -1. Stat counts for a regular file only: nobody knows how much a
// pipe or a device will give. Files of /proc say that they are empty, and files of /sys
// that they have a page, whatever they hold. So if r has ReadAt, SizeOf compares the
// size with what is there, and returns -1 for a file that does not have the size it
// says.
func SizeOf(r io.Reader) int64 {
	if s, ok := r.(interface{ Size() int64 }); ok {
		return max(-1, s.Size())
	}
	f, ok := r.(interface{ Stat() (fs.FileInfo, error) })
	if !ok {
		return -1
	}
	info, err := f.Stat()
	if err != nil || info == nil || !info.Mode().IsRegular() || !holdsSize(r, info.Size()) {
		return -1
	}
	return max(-1, info.Size())
}

// holdsSize reports whether a file has a last byte where size says, and none behind
// it. It is true if that cannot be known.
func holdsSize(r io.Reader, size int64) bool {
	f, ok := r.(io.ReaderAt)
	if !ok || size < 0 {
		return true
	}
	last := min(size, 1)
	n, err := f.ReadAt(make([]byte, last+1), size-last)
	if err != nil && err != io.EOF {
		return true // it is open to be written only, or the system has no ReadAt
	}
	return int64(n) == last
}
