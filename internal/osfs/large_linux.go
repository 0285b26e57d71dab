package osfs

import "syscall"

// largeFile is 0 where it is not needed.
const largeFile = syscall.O_LARGEFILE
