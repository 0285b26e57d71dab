//go:build unix && !tinygo

package download

import (
	"errors"
	"io/fs"
	"os"
	"strconv"
	"syscall"
)

// noFollow does not open what a symbolic link leads to.
const noFollow = syscall.O_NOFOLLOW

// renamesOpen means that a file may get another name while it is open. So it stays locked.
const renamesOpen = true

// checkOwner refuses a file that somebody else has made, or can reach by another name.
func checkOwner(info fs.FileInfo) error {
	st, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case !ok:
		return nil
	case int(st.Uid) != os.Geteuid():
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
