//go:build !linux

package osfs

// largeFile is for systems that have such a flag.
const largeFile = 0
