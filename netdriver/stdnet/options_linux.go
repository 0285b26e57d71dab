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

// maxUnsent limits what the system takes and has not sent. Without it, a Write to a slow
// peer waits until a third of a buffer of several MB is free, and seems to make no
// progress.
const maxUnsent = 128 << 10

// setOptions sets the options of a socket that is connected. An old system may refuse them.
func (d *Driver) setOptions(raw syscall.RawConn) error {
	dead := d.deadAfter()
	return raw.Control(func(fd uintptr) {
		_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpNotsentLowat, maxUnsent)
		if dead > 0 {
			_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, milliseconds(dead))
		}
	})
}

// deadAfter returns DeadAfter or its default.
func (d *Driver) deadAfter() time.Duration {
	if d.DeadAfter == 0 {
		return 35 * time.Second
	}
	return d.DeadAfter
}

// milliseconds returns d as the system takes it: not 0, and at most 24 days.
func milliseconds(d time.Duration) int {
	return int(min(max(1, d.Milliseconds()), math.MaxInt32))
}

// probes returns when the system asks a silent peer. The zero value leaves it to KeepAlive.
//
// With TCP_USER_TIMEOUT, Linux does not count probes, but looks at each whether that time
// has passed. So one is due just then.
func (d *Driver) probes() net.KeepAliveConfig {
	dead := d.deadAfter()
	if dead < 0 || d.KeepAlive < 0 {
		return net.KeepAliveConfig{}
	}
	interval := max(dead/4, time.Second).Truncate(time.Second)
	idle := d.KeepAlive
	if idle == 0 {
		idle = max(dead-2*interval, time.Second)
	}
	return net.KeepAliveConfig{Enable: true, Idle: min(idle, maxProbe), Interval: min(interval, maxProbe)}
}

// maxProbe is the longest time that the system takes for probes.
const maxProbe = 32767 * time.Second
