// Package benchmarks measures zreq beside its peers, and holds it to its budgets.
//
// It is a module of its own, so that what it takes to do so is in nobody's go.mod: this
// one may require any library, and the main one gains nothing by it.
//
//	cd benchmarks
//	go run ./report          # all that is measured: REPORT.md and its charts
//	go run ./report -short   # the same with less of everything, in about a minute
//	go run ./report -history history.tsv # also appends the ratios there
//	go run ./budget          # what zreq is held to, line by line; 1 if it does not hold
//	go run ./budget -counts  # of that, what does not depend on the machine
//	go test ./...            # that each client does what it is measured by
//
// Package client says what clients are asked to do, and has each in a folder of its own. jobs
// is the table of clients and tasks; memory weighs kept connections and whole processes,
// footprint programs; link has a link that breaks. All of these are cases of package bench,
// which has clients take turns. limits has the budgets, and present makes the page. The server
// is a process of its own (origin). All of it needs Unix.
//
// The tests beside this are of another kind: in them two libraries that are built on
// http.Client, resty and go-retryablehttp, do their work over package roundtrip. A test of
// package memory polls for a day in virtual time.
package benchmarks
