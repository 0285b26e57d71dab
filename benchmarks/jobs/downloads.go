package jobs

import "github.com/zreq-go/zreq/benchmarks/bench"

// Downloads ...
func Downloads(w *World) []bench.Case { return nil }
