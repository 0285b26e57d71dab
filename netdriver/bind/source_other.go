//go:build !windows

package bind

import "syscall"

// errNotOurs is what a socket says of an address that is not one of this machine.
const errNotOurs = syscall.EADDRNOTAVAIL
