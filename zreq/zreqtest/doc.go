// Package zreqtest provides a scripted HTTP server in memory, for tests.
//
//	peer := zreqtest.NewPeer(t, []zreqtest.Step{
//		zreqtest.Expect("GET /version HTTP/1.1\r\n"),
//		zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n42"),
//		zreqtest.Close(),
//	})
//	resp, err := zreq.Get(ctx, "http://device.test/version", &zreq.Args{Driver: peer})
//
// A script consists of bytes and pauses, not of messages. So it can do what a fake at the
// level of messages cannot: send a head byte by byte, cut off a body, or answer before
// the request. Each connection has its own script. A [Peer] is also the netdriver.Driver
// that dials them, in order.
//
// Inside a testing/synctest bubble, pauses and timeouts take no time. Create the Peer
// inside the bubble, with the t of the bubble.
//
// A long dialogue is easier to read as a text file: [Transcript] reads one and [Script]
// turns it into steps.
//
// A test that needs only a response, for a fake of something that makes calls, gets one
// from [Response].
//
// The Peer does not check requests, beyond finding where they end. It does not speak TLS.
package zreqtest
