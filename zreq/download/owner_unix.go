//go:build unix && !tinygo

package download

import (
	"errors"
	"io/fs"
	"os"
	"strconv"
	"syscall"
)

// noFollow does not open what a symbolic link leads to, and does not wait for somebody at the
// other end of a FIFO.
const noFollow = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

// renamesOpen means that a file may get another name while it is open. So it stays locked.
const renamesOpen = true

// checkOwner refuses a file that somebody else has made, or can reach by another name. The
// owner of the folder may do there what he likes in any case. On a FAT file system all files,
// those of this process too, belong to the user who was named when it was mounted.
func checkOwner(info, folder fs.FileInfo) error {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	own := int(st.Uid) == os.Geteuid()
	if in, ok := folder.Sys().(*syscall.Stat_t); ok && in.Uid == st.Uid {
		own = true
	}
	switch {
	case !own:
		return foreign(info.Name(), "belongs to user "+strconv.Itoa(int(st.Uid)))
	case st.Nlink > 1:
		return foreign(info.Name(), "has a second name")
	}
	return nil
}

// isFull reports whether the file system, the quota of the user, or the largest size of a
// file allows no more bytes.
func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}

// isReadOnly reports whether nothing can be created in a folder.
func isReadOnly(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)
}
