package limits

import (
	"errors"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/footprint"
)

// Needs is what has to be measured.
type Needs struct {
	Cases                 []Case
	Idles, Peaks, Growths bool
	Programs              map[string][]footprint.Program // of each system
}

// NeedsOf is what the figures of budgets are taken from.
func NeedsOf(budgets []Budget) *Needs {
	var n Needs
	for _, b := range budgets {
		b.Figure.need(&n)
	}
	return &n
}

// Select returns those of all cases that are needed, each with no clients but those that
// are. What is needed and not there is an error, from here or from Clients.
func (n *Needs) Select(all []bench.Case) ([]bench.Case, error) {
	named := make(map[string][]string)
	for _, c := range n.Cases {
		if _, err := find("case", all, c.title(), title); err != nil {
			return nil, err
		}
		named[c.title()] = append(named[c.title()], c.Clients...)
	}
	var cases []bench.Case
	for _, c := range all {
		if clients, ok := named[title(c)]; ok {
			cases = append(cases, only(c, clients))
		}
	}
	return cases, nil
}

// only is a case with some of its clients. The others are closed before it begins.
func only(c bench.Case, names []string) bench.Case {
	setUp := c.Clients
	c.Clients = func() ([]bench.Client, error) {
		all, err := setUp()
		if err != nil {
			return all, err
		}
		wanted := make(map[string]bool)
		for _, name := range names {
			if _, err := find("client", all, name, func(c bench.Client) string { return c.Name }); err != nil {
				return all, err
			}
			wanted[name] = true
		}
		var some []bench.Client
		for _, client := range all {
			switch {
			case wanted[client.Name]:
				some = append(some, client)
			case client.Close != nil:
				err = errors.Join(err, client.Close())
			}
		}
		return some, err
	}
	return c
}
