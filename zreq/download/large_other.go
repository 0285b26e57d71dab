//go:build !linux && !tinygo

package download

// largeFile is for systems that have such a flag.
const largeFile = 0
