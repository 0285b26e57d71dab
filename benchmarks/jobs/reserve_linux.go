package jobs

import (
	"os"
	"syscall"
)

// reserve has the file system keep room for a file, which stays as long as it is.
func reserve(f *os.File, size int64) error {
	const keepSize = 1
	return syscall.Fallocate(int(f.Fd()), keepSize, 0, size)
}
