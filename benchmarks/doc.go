// Package benchmarks measures zreq beside its peers, and holds it to its budgets.
//
// It is a module of its own, so that what it takes to do so is in nobody's go.mod: this
// one may require any library, and the main one gains nothing by it.
//
//	cd benchmarks
//	go run ./report          # all that is measured: REPORT.md and its charts, in 20 minutes
//	go run ./report -short   # the same with less of everything, in 3
//	go run ./budget          # what zreq is held to, line by line; 1 if it does not hold
//	go run ./budget -counts  # of that, what does not depend on the machine
//	go test ./...            # that each client does what it is measured by
//
// The server is a process of its own (origin). Package jobs has the cases, each done by
// zreq and by its peers; package bench has them take turns; memory weighs kept connections
// and whole processes, footprint programs; limits has the budgets; present and chart make
// the page.
//
// The tests beside this are of another kind: in them two libraries that are built on
// http.Client, resty and go-retryablehttp, do their work over package roundtrip.
package benchmarks
