package upload

import (
	"io/fs"
	"os"
	"syscall"

	"github.com/zreq-go/zreq/internal/osfs"
)

// The file systems of memory cards. They have no inodes, and Linux makes up others each
// time that it mounts one.
const (
	magicFAT   = 0x4d44
	magicExFAT = 0x2011bab0
)

// inode returns the number of a file in its file system; 0 if that does not last.
func inode(f *os.File, info fs.FileInfo) uint64 {
	var on syscall.Statfs_t
	err := osfs.Control(f, func(fd int) error { return syscall.Fstatfs(fd, &on) })
	if err != nil || uint32(on.Type) == magicFAT || uint32(on.Type) == magicExFAT {
		return 0
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0
	}
	return st.Ino
}
