//go:build !linux || tinygo

package stdnet

import (
	"net"
	"syscall"
	"time"
)

// setOptions does nothing: only Linux has the options.
func setOptions(syscall.RawConn, time.Duration) error { return nil }

// probes leaves it to KeepAlive when the system asks a silent peer.
func probes(_, _ time.Duration) net.KeepAliveConfig { return net.KeepAliveConfig{} }
