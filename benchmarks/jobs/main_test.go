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
func newWorld(tb testing.TB) *World {
	tb.Helper()
	is := is.New(tb)
	o, err := origin.Start()
	is.NoErr(err)
	tb.Cleanup(func() { is.NoErr(o.Stop()) })
	return &World{Origin: o, Dir: tb.TempDir(), Stream: 1 << 20}
}

// fetches are the cases that get something and keep nothing.
func fetches(w *World) []bench.Case {
	return append(append(Gets(w), Streams(w)...), Parallel(w)...)
}

// set sets the clients of a case up.
func set(tb testing.TB, c bench.Case) []bench.Client {
	tb.Helper()
	is := is.New(tb)
	clients, err := c.Clients()
	tb.Cleanup(func() {
		for _, client := range clients {
			if client.Close != nil {
				is.NoErr(client.Close())
			}
		}
	})
	is.NoErr(err)
	return clients
}
