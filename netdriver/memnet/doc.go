// Package memnet is a network in memory: a netdriver.Driver for tests, with
// faults to order.
//
//	n := memnet.New()
//	l, _ := n.Listen("device.test:80")
//	go func() {
//		peer, _ := l.Accept()
//		io.WriteString(peer, "hello")
//		peer.Close()
//	}()
//	c, err := n.Dial(ctx, "tcp", "device.test:80")
//
// It behaves as TCP does where a client can see it. Each direction has a buffer
// of fixed size, and a Write blocks while it is full; the buffer exists only
// while bytes lie in it, so an idle connection holds none. Close lets the peer
// read what is on its way and then io.EOF; [Conn.Reset] does not. What differs
// is that nothing takes time and nothing is lost, unless [Faults] say so.
//
// Everything blocks on conditions and timers that belong to one connection, so
// a network made inside a testing/synctest bubble runs on that bubble's clock.
// No goroutine is started but the short one of a timer that fires. Reading,
// writing, checking and setting a deadline allocate nothing once a connection
// has been used.
//
// It looks no names up, speaks only "tcp", and never imports package net: what
// runs over it does not lean on net.Conn.
package memnet
