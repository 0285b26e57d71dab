package jobs

import "github.com/zreq-go/zreq/benchmarks/bench"

// Uploads ...
func Uploads(w *World) []bench.Case { return nil }
