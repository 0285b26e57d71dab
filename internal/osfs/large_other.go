//go:build !linux

package osfs

// largeFile is 0, because only Linux needs the flag.
const largeFile = 0
