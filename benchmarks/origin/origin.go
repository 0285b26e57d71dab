// Package origin is the server of the benchmarks: a second process of the same program,
// so that its memory and its processor time are not the client's.
//
// A program that uses it calls Main first. It answers, over plain TCP and over TLS 1.3:
//
//	GET /bytes/N      N bytes with Content-Length
//	GET /chunks/N/M   N bytes in chunks of M
//	PUT, POST /sink   201 and no content, when all of the body is there
//
// It is written by hand for speed, but for the heads of requests, and understands only what the
// clients here send.
package origin

import "github.com/zreq-go/zreq/benchmarks/process"

// Origin is a server that runs.
type Origin struct {
	Plain string   // host:port
	TLS   string   // host:port; the name in its certificate is that host
	Many  []string // the same, plain, at many addresses, if they were asked for
	Roots []byte   // PEM: who signed it

	Stop func() `json:"-"` // ends the server and waits for it
}

const part = "ORIGIN"

// Main makes this process the server if it was started for that, and does not return
// then. It comes first in main.
func Main() { process.Main(part, serve) }

// Start starts the server, which ends with Stop, or when this process does. It is also at many
// addresses beside the first, if they are asked for: each is an origin of its own.
func Start(many int) *Origin {
	o := new(Origin)
	o.Stop = process.Start(part, many, o)
	return o
}
