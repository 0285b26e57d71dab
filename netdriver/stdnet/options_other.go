//go:build !linux || tinygo

package stdnet

import (
	"net"
	"syscall"
)

// setOptions does nothing: only Linux has the options.
func (*Driver) setOptions(syscall.RawConn) error { return nil }

// probes leaves it to KeepAlive when the system asks a silent peer.
func (*Driver) probes() net.KeepAliveConfig { return net.KeepAliveConfig{} }
