// Package memnet is a network in memory: a netdriver.Driver for tests, which can also
// inject faults.
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
// It behaves as TCP does, as far as a client can see. Each direction has a buffer of
// fixed size, and a Write blocks while it is full. The buffer exists only while it holds
// bytes, so an idle connection has none. After Close, the peer still reads what was sent,
// and then io.EOF. After [Conn.Reset], it does not. Unlike on a real network, nothing
// takes time and nothing is lost, unless [Faults] say so.
//
// Calls block only on conditions and timers that belong to one connection. So a network
// that is made inside a testing/synctest bubble uses the clock of the bubble. The only
// goroutines are short ones of timers that fire. After a connection has been used once,
// reading, writing, checking and setting a deadline allocate nothing.
//
// The package looks up no names and accepts only the network "tcp". It does not import
// package net, so code that runs over it cannot depend on net.Conn.
package memnet
