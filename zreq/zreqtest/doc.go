// Package zreqtest is the other side of an HTTP exchange, written down in
// advance: a peer that plays a script, in memory.
//
//	peer := zreqtest.NewPeer(t, []zreqtest.Step{
//		zreqtest.Expect("GET /version HTTP/1.1\r\n"),
//		zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n42"),
//		zreqtest.Close(),
//	})
//	resp, err := zreq.Get(ctx, "http://device.test/version", &zreq.Args{Driver: peer})
//
// The script is bytes and pauses, not messages, so that it can show what a
// well-meant fake cannot: a head that comes a byte at a time, a body that stops
// short, an answer before the question. Each connection has a script of its
// own; a [Peer] is the netdriver.Driver that dials them in order.
//
// Inside a testing/synctest bubble pauses and timeouts take no time. The peer
// is then made inside it, with the bubble's t.
//
// A long dialogue reads better as a text file: [Transcript] reads one and
// [Script] makes steps of it.
//
// A test that needs no exchange, but what one would have come to, gets it from
// [Response]: for a fake of what the program calls.
//
// The peer does not judge what it reads beyond finding where a request ends.
// It speaks no TLS.
package zreqtest
