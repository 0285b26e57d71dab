package upload

import (
	"io/fs"
	"os"
	"syscall"
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
	raw, err := f.SyscallConn()
	if err != nil {
		return 0
	}
	failed := raw.Control(func(fd uintptr) { err = syscall.Fstatfs(int(fd), &on) })
	if failed != nil || err != nil || uint32(on.Type) == magicFAT || uint32(on.Type) == magicExFAT {
		return 0
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0
	}
	return st.Ino
}
