// Package model has a random test of whole calls. A caller makes calls of every kind, an origin
// answers them in every way that it may and in some that it may not, and sentences, which must be
// true of each call, say what a caller can rely on.
//
//	go test ./zreq/internal/model                # the same calls each time
//	go test ./zreq/internal/model -lasts 20s     # other calls, for that long
//	go test ./zreq/internal/model -seed 17 -v    # the calls of one seed, with what happened
//
// The folder holds only tests.
package model
