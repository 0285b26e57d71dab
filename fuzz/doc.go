// Package fuzz holds the fuzz targets of the codec and of the calls, with their seeds, and
// the comparison with net/http. Those of other packages lie beside their code. To run a
// target:
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
