//go:build !windows || tinygo

package stdnet

import (
	"net"
	"time"
)

func (*look) write(c *net.TCPConn, p []byte) (int, error) { return c.Write(p) }

// writeBy does nothing: package net keeps the deadline. Windows needs it.
func (*look) writeBy(time.Time) {}
