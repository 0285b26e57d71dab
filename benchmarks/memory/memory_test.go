package memory

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dsnet/try"
	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/client"
	"github.com/zreq-go/zreq/benchmarks/client/raw"
	"github.com/zreq-go/zreq/benchmarks/client/trust"
	"github.com/zreq-go/zreq/benchmarks/jobs"
	"github.com/zreq-go/zreq/benchmarks/origin"
)

// The children of a test are processes of the test's program.
func TestMain(m *testing.M) {
	origin.Main()
	Main()
	os.Exit(m.Run())
}

// world starts a server that ends with the test.
func world(t *testing.T) *jobs.World {
	t.Helper()
	o := origin.Start(0)
	t.Cleanup(o.Stop)
	return &jobs.World{Plan: bench.Plan{Short: true}, Origin: o, Dir: t.TempDir()}
}

// TestCases: every client can be measured, and has what it must have.
func TestCases(t *testing.T) {
	groups := make(map[string]int)
	w := world(t)
	for _, c := range Cases(w) {
		r, err := bench.Plan{Rounds: 1}.Run(c)
		is := is.New(t)
		is.NoErr(err)
		for _, name := range r.Names() {
			groups[c.Group]++
			switch c.Group {
			case Kept:
				held, goroutines := r.Least(name, bench.Held), r.Least(name, bench.Goroutines)
				is.True(held > 200 && (held > 2<<10 || !strings.Contains(c.Name, "TLS"))) // what the socket takes; TLS has keys and buffers
				switch name {
				case "raw", "zreq", "zreq Session":
					is.Equal(goroutines, 0.0) // nobody waits for anything
				case "net/http", "resty":
					is.Equal(goroutines, 2.0) // one reads and one writes
				}
			case Growing:
				growth := r.Least(name, bench.Growth)
				is.True(growth > 0 && growth < 256<<10) // each has a buffer and nobody keeps a body
			case Peak:
				whole := strings.Contains(name, "buffered")
				is.Equal(r.Least(name, bench.RSS) > 64<<20, whole) // only that one has it all in memory
			}
		}
	}
	is := is.New(t)
	is.Equal(groups[Kept], 12)
	is.Equal(groups[Growing], 3)
	is.True(groups[Peak] >= 27) // without curl

	s := &scales{World: w}
	err := failure(func() { s.weigh(filepath.Join(w.Dir, "raw"), "download", "127.0.0.1:1", "", "false") })
	is.True(err != nil && strings.Contains(err.Error(), "refused")) // one that fails has no weight
}

// failure is what a measurement ends by.
func failure(do func()) (err error) {
	defer try.Handle(&err)
	do()
	return nil
}

// TestHoldWeighsWhatIsHeld: no more and no less, and only if it is held.
func TestHoldWeighsWhatIsHeld(t *testing.T) {
	is := is.New(t)
	const ballast, n = 10_000, 50
	less := 0
	by := func(_ string, t client.Task) client.Client {
		c := raw.New(trust.Dialer)(t)
		var weights [][]byte
		hold := c.Hold
		c.Hold = func(url string) func() {
			if weights = append(weights, make([]byte, ballast)); len(weights) > n-less {
				return func() {}
			}
			return hold(url)
		}
		end := c.Close
		c.Close = func() { weights = nil; end() }
		return c
	}
	kept := task{Kind: Kept, N: n, Task: client.Task{Address: world(t).Origin.Plain, Path: "/bytes/13", Length: 13, Chunk: 12}}
	s := kept.hold(by)
	is.True(s[bench.Held] > ballast && s[bench.Held] < ballast+2<<10)
	less = 1
	err := failure(func() { kept.hold(by) })
	is.True(err != nil && strings.Contains(err.Error(), "49 are open")) // a claim that is not so
}

func TestGrowthShowsWhatIsKept(t *testing.T) {
	is := is.New(t)
	var kept [][]byte
	long := task{Kind: Growing, Task: client.Task{Address: world(t).Origin.Plain, Path: "/bytes/67108864", Length: 64 << 20, Chunk: 512, Fresh: true}}
	s := long.grow(func(_ string, t client.Task) client.Client {
		look, chunks := t.Look, 0
		t.Look = func(p []byte) {
			if chunks++; chunks%64 == 0 {
				kept = append(kept, append([]byte(nil), p...))
			}
			look(p)
		}
		return raw.New(trust.Dialer)(t)
	})
	is.True(s[bench.Growth] >= 1<<20) // a 64th of 64 MiB
	is.True(len(kept) > 0)
}
