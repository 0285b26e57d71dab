package jobs

import (
	"os"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/origin"
)

func TestMain(m *testing.M) {
	origin.Main()
	os.Exit(m.Run())
}

// newWorld starts a server.
func newWorld(t *testing.T) *World {
	t.Helper()
	o := origin.Start(0)
	t.Cleanup(o.Stop)
	return &World{bench.Plan{Stream: 192 << 10, Short: true}, o, t.TempDir()}
}

// TestAll: each client does each job, and again, and leaves no file behind.
func TestAll(t *testing.T) {
	w := newWorld(t)
	seen := make(map[string]bool)
	for _, c := range All(w) {
		is := is.New(t)
		is.True(!seen[c.Title()]) // its samples are its own
		seen[c.Title()] = true
		names := make(map[string]bool)
		for _, m := range c.Clients {
			is.True(!names[m.Name])
			names[m.Name] = true
			t.Run(c.Title()+"/"+m.Name, func(t *testing.T) {
				is := is.New(t)
				client := m.Make()
				if client.Take != nil {
					is.True(len(client.Take()) > 1)
				} else {
					client.Do(1)
					client.Do(2)
				}
				if client.Close != nil {
					client.Close()
				}
			})
		}
	}
	left, err := os.ReadDir(w.Dir)
	is := is.New(t)
	is.NoErr(err)
	is.Equal(len(left), 1) // what is uploaded
}
