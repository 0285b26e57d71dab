package limits

import (
	"fmt"
	"math"
)

// allocs are the allocations of a client, for each operation or each chunk of one.
type allocs struct {
	Case
	chunk int64 // bytes; 0 if the operation counts
}

func allocsOf(c Case, client string, chunk int64) Figure { return allocs{c.by(client), chunk} }

func (f allocs) Unit() Unit { return Count }

func (f allocs) need(n *Needs) { n.Cases = append(n.Cases, f.Case) }

// Of takes the best of the rounds, to a hundredth: the runtime allocates, too, once in a
// while, and a collection between two turns empties the pools of a client.
func (f allocs) Of(r *Results) (Value, error) {
	result, err := f.of(r)
	if err != nil {
		return Value{}, err
	}
	count := math.Inf(1)
	for _, sample := range result.Samples[f.Clients[0]] {
		count = min(count, sample.Allocs)
	}
	if f.chunk > 0 {
		chunks := result.Case.Bytes / f.chunk
		if chunks == 0 {
			return Value{}, fmt.Errorf("%s: its %d bytes are no chunk of %d", f.title(), result.Case.Bytes, f.chunk)
		}
		count /= float64(chunks)
	}
	return exactly(math.Round(100*count) / 100), nil
}
