//go:build !linux || tinygo

package stdnet

import "syscall"

// setOptions does nothing. The problem that it solves was seen only on Linux.
func setOptions(syscall.RawConn) error { return nil }
