// Package benchmarks measures zreq beside its peers, and holds it to what they expect.
//
// It is a module of its own, so that what it takes to do so is in nobody's go.mod: this
// one may require any library, and the main one gains nothing by it. For now it has
// tests only, in which two libraries that are built on http.Client, resty and
// go-retryablehttp, do their work over package roundtrip. The benchmarks come beside
// them.
//
//	cd benchmarks && go test ./...
package benchmarks
