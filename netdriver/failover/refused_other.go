//go:build !tinygo && !windows

package failover

import "syscall"

// errRefused is the error of a connection that the other end has refused.
const errRefused = syscall.ECONNREFUSED
