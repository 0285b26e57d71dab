package jobs

import "github.com/zreq-go/zreq/benchmarks/bench"

// Gets ...
func Gets(w *World) []bench.Case { return nil }
