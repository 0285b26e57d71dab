package jobs

import (
	"fmt"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/link"
)

// Links are downloads over a link that breaks, at the rate of a link, or as fast as it goes.
func Links(w *World) []bench.Case {
	l, size, name := link.Link{Every: 8 << 20, Rate: 16 << 20}, int64(64<<20), "64 MiB at 16 MiB/s, cut every 8 MiB"
	if w.Short {
		l, size, name = link.Link{Every: 1 << 20}, 8<<20, "8 MiB, cut every 1 MiB"
	}
	c := bench.Case{Group: "link that breaks", Name: name, Rounds: 3}
	for _, one := range link.Clients() {
		c.Clients = append(c.Clients, bench.Maker{Name: one.Name, Make: func() (bench.Client, error) {
			return bench.Client{Take: func() (bench.Sample, error) {
				run, err := l.Download(one, w.Dir, size)
				if err != nil {
					return nil, fmt.Errorf("link: %w", err)
				}
				return bench.Sample{
					bench.Time: float64(run.Time), bench.Wire: float64(run.Bytes), bench.Requests: float64(run.Requests),
				}, nil
			}}, nil
		}})
	}
	return []bench.Case{c}
}
