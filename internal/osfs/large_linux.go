package osfs

import "syscall"

// largeFile is 0 on a processor of 64 bits, which does not need it.
const largeFile = syscall.O_LARGEFILE
