//go:build unix

package memory

import (
	"fmt"
	"net"
	"strconv"
	"syscall"
)

// spare are the descriptors of a process beside its connections, and more.
const spare = 100

// room fails where the system does not let a process have n connections. The runtime
// has raised the limit as far as it goes.
func room(n int) error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return err
	}
	if need := n + spare; int64(limit.Cur) >= 0 && int64(limit.Cur) < int64(need) {
		return fmt.Errorf("%d connections take %d descriptors here and as many in the server, and the system allows %d: raise its limit (ulimit -n)",
			n, need, limit.Cur)
	}
	return nil
}

// connections counts those of this process to the server: at least n, if there are n.
func connections(address string, n int) (int, error) {
	_, text, err := net.SplitHostPort(address)
	if err != nil {
		return 0, err
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		return 0, err
	}
	count := 0
	for fd := range n + spare { // the system gives the lowest that is free
		peer, err := syscall.Getpeername(fd)
		if at, ok := peer.(*syscall.SockaddrInet4); err == nil && ok && at.Port == port {
			count++
		}
	}
	return count, nil
}
