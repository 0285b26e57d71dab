package limits

import "github.com/zreq-go/zreq/benchmarks/bench"

// timed is the ratio of two clients of a case.
type timed struct {
	Case
	ratio func(r bench.Result, client, peer string) bench.Ratio
}

// timeOf is how many times as long as peer a client takes.
func timeOf(c Case, client, peer string) Figure {
	return timed{c.by(client, peer), bench.Result.Time}
}

// speedOf is how many times as much as peer a client does in a time.
func speedOf(c Case, client, peer string) Figure {
	return timed{c.by(client, peer), func(r bench.Result, client, peer string) bench.Ratio {
		return r.Time(client, peer).Inverse()
	}}
}

// cpuOf is how many times as much processor time as peer a client takes.
func cpuOf(c Case, client, peer string) Figure {
	return timed{c.by(client, peer), bench.Result.CPU}
}

func (f timed) Unit() Unit { return Times }

func (f timed) need(n *Needs) { n.Cases = append(n.Cases, f.Case) }

func (f timed) Of(r *Results) (Value, error) {
	result, err := f.of(r)
	if err != nil {
		return Value{}, err
	}
	return Value(f.ratio(result, f.Clients[0], f.Clients[1])), nil
}
