package jobs

import "github.com/zreq-go/zreq/benchmarks/bench"

// Parsers ...
func Parsers() []bench.Case { return nil }
