//go:build !linux

package upload

import (
	"io/fs"
	"os"
)

// inode returns 0: outside of Linux, the size, the time and the ends of a file must do.
func inode(*os.File, fs.FileInfo) uint64 { return 0 }
