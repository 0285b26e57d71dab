package memory

import "github.com/zreq-go/zreq/benchmarks/origin"

// Growth is how much more of the heap was live at most, while a long body was streamed,
// than before the call.
type Growth struct {
	Peer  string
	Bytes int64
}

// Growths measures how the heap grows while a long body is streamed.
func Growths(o *origin.Origin, short bool) ([]Growth, error) { return nil, nil }
