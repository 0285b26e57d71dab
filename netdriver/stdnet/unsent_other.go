//go:build !linux || tinygo

package stdnet

// boundUnsent does nothing. The problem that it solves was seen only on Linux.
func boundUnsent(uintptr) {}
