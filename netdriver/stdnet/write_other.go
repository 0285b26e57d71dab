//go:build !windows || tinygo

package stdnet

import "time"

func (c *Conn) write(p []byte) (int, error) { return c.TCPConn.Write(p) }

// writeBy is for Windows, where Write does not go through package net.
func (*look) writeBy(time.Time) {}
