package failover

import "syscall"

// errRefused is WSAECONNREFUSED, which package syscall does not name.
const errRefused = syscall.Errno(10061)
