//go:build !tinygo

package failover

import (
	"errors"
	"net"
	"syscall"
)

// isReply reports whether err is the reply of a host or of a nameserver. Package net names the
// nameserver, if it has asked one by itself.
func isReply(err error) bool {
	var lookup *net.DNSError
	return errors.Is(err, errRefused) || errors.As(err, &lookup) && lookup.IsNotFound && lookup.Server != ""
}

// isLocal reports whether err has its cause in this machine or in the address, so that
// every link would return it. Nobody is asked for a name such as "a..b", which does not exist
// either.
func isLocal(err error) bool {
	var address *net.AddrError
	var network net.UnknownNetworkError
	var lookup *net.DNSError
	return errors.As(err, &address) || errors.As(err, &network) || errors.As(err, &lookup) && lookup.IsNotFound ||
		errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}
