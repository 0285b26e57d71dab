package stdnet

import (
	"net"

	"github.com/zreq-go/zreq/netdriver"
)

var (
	_ netdriver.Conn       = (*Conn)(nil)
	_ netdriver.HalfCloser = (*Conn)(nil)
)

// A Conn is a TCP connection of the system. On Unix it is a netdriver.Checker.
type Conn struct {
	*net.TCPConn
	look look
}

func newConn(c *net.TCPConn) (netdriver.Conn, error) {
	conn := &Conn{TCPConn: c}
	if err := conn.look.over(c); err != nil {
		_ = c.Close()
		return nil, err
	}
	return conn, nil
}

// NetConn returns the connection of package net, for what only it can do:
// socket options, or sending a file without copying it. It has no other owner:
// closing it closes c.
func (c *Conn) NetConn() net.Conn { return c.TCPConn }
