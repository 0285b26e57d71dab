package limits

import (
	"fmt"

	"github.com/zreq-go/zreq/benchmarks/memory"
)

// idle is what a kept connection of a peer costs above one of raw, plain.
type idle struct{ peer, raw string }

func (f idle) Unit() Unit { return Bytes }

func (f idle) need(n *Needs) { n.Idles = true }

func (f idle) Of(r *Results) (Value, error) {
	above, err := f.find(r, f.peer)
	if err != nil {
		return Value{}, err
	}
	level, err := f.find(r, f.raw)
	return exactly(float64(above.Heap + above.Stack - level.Heap - level.Stack)), err
}

// find takes, of the results of a peer, the one with the most connections.
func (f idle) find(r *Results, peer string) (most memory.Idle, err error) {
	var names []string
	for _, i := range r.Idles {
		if i.TLS {
			continue
		}
		names = append(names, i.Peer)
		if i.Peer == peer && i.Connections > most.Connections {
			most = i
		}
	}
	if most.Connections == 0 {
		return most, missing("idle connection of", peer, names)
	}
	return most, nil
}

// peak is how much more memory than raw a peer has had at most in a job.
type peak struct{ job, peer, raw string }

func (f peak) Unit() Unit { return Bytes }

func (f peak) need(n *Needs) { n.Peaks = true }

func (f peak) Of(r *Results) (Value, error) {
	above, err := f.find(r, f.peer)
	if err != nil {
		return Value{}, err
	}
	level, err := f.find(r, f.raw)
	return exactly(float64(above - level)), err
}

func (f peak) find(r *Results, peer string) (int64, error) {
	title := func(p memory.Peak) string { return p.Peer + ": " + p.Job }
	p, err := find("peak of", r.Peaks, title(memory.Peak{Job: f.job, Peer: peer}), title)
	if err != nil {
		return 0, err
	}
	if len(p.RSS) == 0 {
		return 0, fmt.Errorf("peak of %q: no process was measured", title(p))
	}
	return p.Median(), nil
}

// growth is by how much the heap grows while a peer streams.
type growth struct{ peer string }

func (f growth) Unit() Unit { return Bytes }

func (f growth) need(n *Needs) { n.Growths = true }

func (f growth) Of(r *Results) (Value, error) {
	g, err := find("growth of", r.Growths, f.peer, func(g memory.Growth) string { return g.Peer })
	return exactly(float64(g.Bytes)), err
}
