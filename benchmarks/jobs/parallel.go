package jobs

import "github.com/zreq-go/zreq/benchmarks/bench"

// Parallel ...
func Parallel(w *World) []bench.Case { return nil }
