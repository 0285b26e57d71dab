package jobs

import (
	"slices"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/origin"
)

// World is what the jobs are done in.
type World struct {
	Origin *origin.Origin
	Dir    string // for files
	Stream int64  // how long a streamed body is: a multiple of 64 KiB
}

// All is every case, in the order of the report.
func All(w *World) []bench.Case {
	return slices.Concat(Gets(w), Streams(w), Downloads(w), Uploads(w), Durable(w), Parallel(w), Parsers())
}
