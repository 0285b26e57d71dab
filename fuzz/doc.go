// Package fuzz holds the fuzz targets of zreq, with their seeds beside them. It
// has no code of its own. To run one of them:
//
//	go test ./fuzz -run '^$' -fuzz '^FuzzExchange$' -fuzztime 60s -fuzzminimizetime 20x
//
// The targets check properties, not only that nothing panics: how the input is
// cut changes nothing; what the codec accepts, net/http reads the same way, but
// for the differences that knownDifference lists; a decoder makes no more calls
// than its input has bytes for and allocates nothing; a field that is 16 times as long
// takes no more than 16 times the work, whoever parses it. A finding becomes a row in
// the tables of zreq/wire.
package fuzz
