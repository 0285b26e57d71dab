//go:build !tinygo

package download

import (
	"errors"
	"math"
	"os"
	"strconv"
	"syscall"

	"github.com/zreq-go/zreq/internal/osfs"
)

// fallocKeepSize is FALLOC_FL_KEEP_SIZE: the file gets blocks, and stays as long as it is.
const fallocKeepSize = 1

// reserve takes the room that a file needs to hold the bytes from one offset until another.
// What file systems cannot reserve must at least be free. keepFree bytes remain free.
func reserve(p part, from, until, keepFree int64) error {
	f, is := p.(*os.File)
	if !is || until <= from {
		return nil
	}
	need := until - from
	if keepFree > 0 {
		if err := hasRoom(f, need, keepFree); err != nil {
			return err
		}
	}
	err := osfs.Control(f, func(fd int) error { return syscall.Fallocate(fd, fallocKeepSize, from, need) })
	switch {
	case err == nil:
		return nil
	case osfs.IsFull(err):
		return noRoom(need, err)
	case keepFree > 0:
		return nil
	}
	return hasRoom(f, need, 0) // the file system cannot reserve
}

// hasRoom returns ErrNoRoom if the file system has not so many bytes and keepFree more.
func hasRoom(f *os.File, need, keepFree int64) error {
	var st syscall.Statfs_t
	if osfs.Control(f, func(fd int) error { return syscall.Fstatfs(fd, &st) }) != nil || st.Blocks == 0 {
		return nil // it does not say
	}
	free := int64(math.MaxInt64)
	if unit := int64(st.Bsize); unit > 0 && st.Bavail < uint64(math.MaxInt64/unit) {
		free = int64(st.Bavail) * unit
	}
	if free-need < keepFree {
		return noRoom(need, errors.New(strconv.FormatInt(free, 10)+" bytes are free"))
	}
	return nil
}
