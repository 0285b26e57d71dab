// Package fuzz holds the fuzz targets of zreq, with their seeds. It has no code of its
// own. To run a target:
//
//	go test ./fuzz -run '^$' -fuzz '^FuzzExchange$' -fuzztime 60s -fuzzminimizetime 20x
//
// The targets check properties, not only that nothing panics:
//
//   - The result does not depend on how the input is cut.
//   - What the codec accepts, net/http reads in the same way, except for the differences
//     that knownDifference lists.
//   - A decoder makes no more calls than its input has bytes, and allocates nothing.
//   - A field that is 16 times as long takes at most 16 times the work, whichever package
//     parses it.
//
// A finding becomes a row in the tables of zreq/wire.
package fuzz
