//go:build !tinygo

package stdnet

import (
	"math"
	"net"
	"syscall"
	"time"
)

// Options that are not among the constants of package syscall.
const (
	tcpUserTimeout  = 18
	tcpNotsentLowat = 25
)

// maxUnsent limits what the system takes and has not sent. Without it, a slow peer leaves
// megabytes of a body in the memory of the system, and what was written says little about
// what has left. With much less than the peer has room for, the two take turns instead of
// working side by side: 128 KiB make a PUT over TLS a fifth slower.
const maxUnsent = 1 << 20

// setOptions sets the options of a socket that is connected. An old system may refuse them.
// dead is DeadAfter or its default.
func setOptions(raw syscall.RawConn, dead time.Duration) error {
	return raw.Control(func(fd uintptr) {
		_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpNotsentLowat, maxUnsent)
		if dead > 0 {
			limit := min(max(1, dead/time.Millisecond), math.MaxInt32)
			_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int(limit))
		}
	})
}

// maxProbe is the longest time that the system takes for probes.
const maxProbe = 32767 * time.Second

// probes returns when the system asks a silent peer, for a DeadAfter and a KeepAlive. The
// zero value leaves it to KeepAlive alone.
//
// With TCP_USER_TIMEOUT, Linux does not count probes, but looks at each whether that time
// has passed. So one is due just then, and the count stays as it is.
func probes(dead, idle time.Duration) net.KeepAliveConfig {
	if dead < 0 || idle < 0 {
		return net.KeepAliveConfig{}
	}
	interval := min(max(1, dead/(4*time.Second))*time.Second, maxProbe) // whole seconds, as the system takes them
	if idle == 0 {
		idle = max(dead-2*interval, time.Second)
	}
	return net.KeepAliveConfig{Enable: true, Idle: min(idle, maxProbe), Interval: interval, Count: -1}
}
