package limits

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/footprint"
	"github.com/zreq-go/zreq/benchmarks/memory"
)

// Results are all that was measured.
type Results struct {
	Cases   []bench.Result
	Idles   []memory.Idle
	Peaks   []memory.Peak
	Growths []memory.Growth
	Sizes   []footprint.Size
}

// Case names one of a group, and those clients of it that a figure is about.
type Case struct {
	Group, Name string
	Clients     []string
}

// by is the case with the clients that a figure is about.
func (c Case) by(clients ...string) Case {
	c.Clients = clients
	return c
}

func (c *Case) title() string { return c.Group + ": " + c.Name }

func title(c bench.Case) string { return c.Group + ": " + c.Name }

// of finds the result of the case, in which all its clients are.
func (c *Case) of(r *Results) (bench.Result, error) {
	result, err := find("case", r.Cases, c.title(), func(r bench.Result) string { return title(r.Case) })
	if err != nil {
		return result, err
	}
	for _, client := range c.Clients {
		if _, err := find("client", result.Names, client, func(name string) string { return name }); err != nil {
			return result, fmt.Errorf("%s: %w", c.title(), err)
		}
		if len(result.Samples[client]) == 0 {
			return result, fmt.Errorf("%s: %s was not measured", c.title(), client)
		}
	}
	return result, nil
}

// find finds what has a name.
func find[T any](kind string, all []T, name string, of func(T) string) (T, error) {
	names := make([]string, len(all))
	for i, one := range all {
		if names[i] = of(one); names[i] == name {
			return one, nil
		}
	}
	var none T
	return none, missing(kind, name, names)
}

// missing says what is not there, and what is.
func missing(kind, name string, names []string) error {
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	for i, name := range names {
		names[i] = fmt.Sprintf("%q", name)
	}
	if len(names) == 0 {
		names = []string{"nothing"}
	}
	return fmt.Errorf("no %s %q; there is %s", kind, name, strings.Join(names, ", "))
}
