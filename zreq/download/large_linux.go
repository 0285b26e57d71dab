//go:build !tinygo

package download

import "syscall"

// largeFile lets a file grow over 2 GiB on processors of 32 bits. os.OpenFile sets it by itself,
// and os.Root does not.
const largeFile = syscall.O_LARGEFILE
