//go:build !linux || tinygo

package stdnet

// boundUnsent does nothing: what it is for was seen on Linux only.
func boundUnsent(uintptr) {}
