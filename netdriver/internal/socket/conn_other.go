//go:build !windows || tinygo

package socket

import "time"

func (c *Conn) write(p []byte) (int, error) { return c.system.Write(p) }

// writeBy does nothing: package net keeps the deadline. Windows needs it.
func (*look) writeBy(time.Time) {}
