package jobs

import "github.com/zreq-go/zreq/benchmarks/bench"

// Streams ...
func Streams(w *World) []bench.Case { return nil }
