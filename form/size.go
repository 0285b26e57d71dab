package form

import (
	"io"
	"io/fs"
)

// SizeOf returns the number of bytes in r from its beginning to its end, wherever its
// offset is. It returns -1 if r does not say. zreq and a [Multipart] use it to measure a
// body. It uses one of two methods:
//
//	Size() int64                 // as bytes.Reader, strings.Reader and io.SectionReader have
//	Stat() (fs.FileInfo, error)  // as os.File and the files of an fs.FS have
//
// A negative Size is -1. Stat is used only for a regular file, because it does not tell
// how much a pipe or a device will give. Files in /proc report a size of 0 and files in
// /sys a page, whatever they contain. So if r has ReadAt, SizeOf compares the size with
// the content, and returns -1 if they differ.
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

// holdsSize reports whether the file has a byte at the end of size, and none after it. It
// returns true if that cannot be determined.
func holdsSize(r io.Reader, size int64) bool {
	f, ok := r.(io.ReaderAt)
	if !ok || size < 0 {
		return true
	}
	last := min(size, 1)
	n, err := f.ReadAt(make([]byte, last+1), size-last)
	if err != nil && err != io.EOF {
		return true // the file is open only for writing, or the system has no ReadAt
	}
	return int64(n) == last
}
