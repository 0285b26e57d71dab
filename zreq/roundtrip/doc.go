// Package roundtrip is the http.RoundTripper of zreq: a program, or a library, that
// takes an *http.Client makes its requests over a [zreq.Session], with its driver, its
// pool and its limits.
//
//	import _ "github.com/zreq-go/zreq/netdriver/std" // TCP of the system, and TLS
//
//	session := &zreq.Session{Timeouts: zreq.Timeouts{Body: 10 * time.Second}}
//	defer session.Close()
//	client := &http.Client{Transport: &roundtrip.Transport{Session: session}, Jar: jar}
//	resp, err := client.Get("https://updates.example/manifest.json")
//	if err != nil {
//		return err
//	}
//	defer resp.Body.Close()
//
// Redirects, cookies and credentials are the Client's, as its documentation has them. A
// response is what net/http's own Transport would have made of the same bytes, and no
// status is an error.
//
// # What is the Session's
//
// Its limits hold, and they are finite by default where net/http's are not: 30 seconds
// for the head of an answer, and 30 without a byte of the body; 16 KiB for a head, and
// 128 fields; 64 connections, 8 to an origin, for which others wait. A stream of events
// that may be silent for longer wants another Timeouts.Body. Proxies are drivers, and
// none is taken from the environment.
//
// A content coding is undone if an import registered it (package gzip) and the request
// names neither Accept-Encoding nor Range itself, and Response.Uncompressed says so. Another
// coding is left as it came.
//
// # Who owns what
//
// The body of a request is read on the goroutine of RoundTrip and closed when that
// returns. If the context ends in the middle of a Read, it is closed at that moment, to
// end the Read. It is sent again, where a kept connection was dead or [Transport.Retry]
// asks for it, only if the request has a GetBody, or nothing of it was read.
//
// The body of a response has its connection until it has ended or was closed, and has
// to be closed. Close may be called from anywhere: a Read that waits ends then. The
// Session is its owner's to close.
//
// Errors are those of zreq: errors.As finds the [*zreq.Error] with its facts in a
// *url.Error. A body that is cut short is io.ErrUnexpectedEOF, unless the connection
// said something else, a context that ended is its cause, and a limit in time
// says Timeout.
//
// # httptrace
//
// The hooks of an httptrace.ClientTrace are called, with these exceptions.
// GotFirstResponseByte comes when a head is there. WroteHeaderField is never called.
// The hooks for DNS and connecting are called by package net, so only over a driver
// that dials by it, as stdnet does. All run on the goroutines of RoundTrip, Read and
// Close.
//
// # What it does not do
//
// HTTP/2. An upgrade to another protocol: a 101 is an error. CONNECT. Trailers of
// requests: [ErrTrailer]. Answers that are read while the request is still being
// sent: one that comes early ends the sending. Hosts with a zone or outside ASCII:
// the xn-- form is asked for. A body whose Read does not return when it is closed holds
// a call up for as long; no context ends it.
//
// What is doubtful is refused where net/http goes on: a head with both Content-Length
// and Transfer-Encoding, for example, or the method "get" instead of "GET". Package
// zreq says what.
package roundtrip
