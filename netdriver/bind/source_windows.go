package bind

import "syscall"

// errNotOurs is WSAEADDRNOTAVAIL: syscall.EADDRNOTAVAIL is not what Windows says.
const errNotOurs = syscall.Errno(10049)
