package main

import (
	"errors"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/footprint"
	"github.com/zreq-go/zreq/benchmarks/jobs"
	"github.com/zreq-go/zreq/benchmarks/limits"
	"github.com/zreq-go/zreq/benchmarks/memory"
	"github.com/zreq-go/zreq/benchmarks/origin"
)

// scale is how much is done of what is needed.
type scale struct {
	plan      bench.Plan
	stream    int64 // bytes
	short     bool  // fewer connections, and not so long a body
	processes int   // of which a peak is the median
}

// full is for ratios. What is only counted is the same each time, so that for counting
// little will do.
var (
	full     = scale{bench.Full, 256 << 20, false, 9}
	counting = scale{bench.Plan{Rounds: 3, Turn: 200 * time.Millisecond}, 16 << 20, true, 1}
)

// measure measures what is needed, and nothing else.
func (s scale) measure(n *limits.Needs) (_ *limits.Results, err error) {
	o, err := origin.Start()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, o.Stop()) }()
	dir, err := os.MkdirTemp("", "budget")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)

	var r limits.Results
	cases, err := n.Select(jobs.All(&jobs.World{Origin: o, Dir: dir, Stream: s.stream}))
	if err != nil {
		return nil, err
	}
	for _, c := range cases {
		result, err := s.plan.Run(c)
		if err != nil {
			return nil, err
		}
		r.Cases = append(r.Cases, result)
	}
	if n.Idles {
		if r.Idles, err = memory.Idles(o, s.short); err != nil {
			return nil, err
		}
	}
	if n.Growths {
		if r.Growths, err = memory.Growths(o, s.short); err != nil {
			return nil, err
		}
	}
	if n.Peaks {
		if r.Peaks, err = memory.Peaks(o, s.processes); err != nil {
			return nil, err
		}
	}
	for _, system := range slices.Sorted(maps.Keys(n.Programs)) {
		sizes, err := footprint.Weigh(system, n.Programs[system]...)
		if err != nil {
			return nil, err
		}
		r.Sizes = append(r.Sizes, sizes...)
	}
	return &r, nil
}
