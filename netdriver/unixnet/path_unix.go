//go:build unix

package unixnet

import (
	"errors"
	"syscall"
)

// addressBytes is the room that the system has for a path.
const addressBytes = len(syscall.RawSockaddrUnix{}.Path)

// isFull reports whether err says that the queue of the server is full, for which a
// socket that does not block does not wait.
func isFull(err error) bool { return errors.Is(err, syscall.EAGAIN) }
