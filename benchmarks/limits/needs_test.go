package limits_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/limits"
)

// pick returns the budgets with the names.
func pick(t *testing.T, names ...string) []limits.Budget {
	var some []limits.Budget
	for _, b := range limits.Budgets {
		for _, name := range names {
			if b.Name == name {
				some = append(some, b)
			}
		}
	}
	is.New(t).Equal(len(some), len(names)) // they are there
	return some
}

// all are three cases with clients that note in closed that they are.
func all(closed map[string]error) []bench.Case {
	c := func(group, name string) bench.Case {
		return bench.Case{Group: group, Name: name, Clients: func() ([]bench.Client, error) {
			var clients []bench.Client
			for _, name := range []string{"raw", "zreq", "net/http", "fasthttp"} {
				closing := func() error {
					err := closed[name]
					delete(closed, name)
					return err
				}
				clients = append(clients, bench.Client{Name: name, Close: closing})
			}
			return append(clients, bench.Client{Name: "curl"}), nil
		}}
	}
	return []bench.Case{c("keep-alive", "GET, 13 B"), c("keep-alive", "GET, 1 KiB"), c("fresh", "GET, 13 B")}
}

func TestOnlyWhatIsNeeded(t *testing.T) {
	is := is.New(t)
	needs := limits.NeedsOf(pick(t, "GET, 13 B: time of raw", "GET, 13 B: time of net/http"))
	is.True(!needs.Idles && !needs.Peaks && !needs.Growths && len(needs.Programs) == 0) // no memory, no sizes
	closed := map[string]error{"raw": nil, "zreq": nil, "net/http": nil, "fasthttp": nil}
	cases, err := needs.Select(all(closed))
	is.NoErr(err)
	is.Equal(len(cases), 1) // that with both its names
	is.Equal(cases[0].Group, "keep-alive")
	clients, err := cases[0].Clients()
	is.NoErr(err)
	is.Equal(len(clients), 3)
	for i, name := range []string{"raw", "zreq", "net/http"} {
		is.Equal(clients[i].Name, name) // those that a budget names
		_, open := closed[name]
		is.True(open)
	}
	_, open := closed["fasthttp"]
	is.True(!open) // who is not needed is closed

	failed := errors.New("in use")
	_, err = func() ([]bench.Client, error) {
		cases, err := needs.Select(all(map[string]error{"fasthttp": failed}))
		is.NoErr(err)
		return cases[0].Clients()
	}()
	is.True(errors.Is(err, failed)) // and that it cannot be closed is said
}

func TestNeedsOfMemoryAndSize(t *testing.T) {
	is := is.New(t)
	is.True(limits.NeedsOf(pick(t, "idle connection: above raw")).Idles)
	is.True(limits.NeedsOf(pick(t, "streaming: growth of the heap")).Growths)
	is.True(limits.NeedsOf(pick(t, "64 MiB up: peak RSS above raw")).Peaks)
	programs := limits.NeedsOf(pick(t, "program for arm: text and data above net alone")).Programs
	is.Equal(len(programs), 1)                                     // on one system
	is.Equal(len(programs["linux/arm"]), 2)                        // two are compared
	is.True(!limits.NeedsOf(limits.Counted(limits.Budgets)).Peaks) // which differ from run to run
}

func TestNeedsThatCannotBeMet(t *testing.T) {
	is := is.New(t)
	_, err := limits.NeedsOf(pick(t, "GET, 16 KiB: allocations")).Select(all(nil))
	is.True(err != nil && strings.HasPrefix(err.Error(), `no case "keep-alive: GET, 16 KiB"; there is "fresh: GET, 13 B", "keep-alive`))

	cases := all(nil)
	for i := range cases {
		cases[i].Name = "512 B, by length"
		cases[i].Group = "stream"
	}
	cases, err = limits.NeedsOf(pick(t, "stream by 512 B, reading 64 KiB: speed of net/http, reading 4 KiB")).Select(cases)
	is.NoErr(err)
	clients, err := cases[0].Clients()
	is.True(err != nil && strings.HasPrefix(err.Error(), `no client "zreq, 64 KiB"; there is "curl", "fasthttp"`))
	is.Equal(len(clients), 5) // those who are open are returned, to be closed

	broken := errors.New("no route")
	cases = []bench.Case{{Group: "keep-alive", Name: "GET, 13 B", Clients: func() ([]bench.Client, error) {
		return []bench.Client{{Name: "raw"}}, broken
	}}}
	cases, err = limits.NeedsOf(pick(t, "GET, 13 B: allocations")).Select(cases)
	is.NoErr(err)
	clients, err = cases[0].Clients()
	is.True(errors.Is(err, broken)) // as it was
	is.Equal(len(clients), 1)
}
