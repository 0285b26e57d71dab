//go:build !tinygo

package failover

import (
	"errors"
	"net"
	"syscall"
)

// isReply reports whether err is the reply of a host or of a nameserver.
func isReply(err error) bool {
	var lookup *net.DNSError
	return errors.Is(err, errRefused) || errors.As(err, &lookup) && lookup.IsNotFound
}

// isLocal reports whether err has its cause in this machine or in the address, so that
// every link would return it.
func isLocal(err error) bool {
	var address *net.AddrError
	var network net.UnknownNetworkError
	return errors.As(err, &address) || errors.As(err, &network) ||
		errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}
