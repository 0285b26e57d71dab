package link_test

import (
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/link"
)

// TestDownload: who goes on has the file, and hardly more of it on the wire than once.
func TestDownload(t *testing.T) {
	is := is.New(t)
	const size = 4 << 20
	r, err := bench.Plan{Rounds: 1}.Run(link.Link{Every: size / 8}.Case("name", t.TempDir(), size))
	is.NoErr(err)               // each file is the right one
	is.True(len(r.Names()) > 3) // curl is not on every machine
	for _, name := range r.Names() {
		wire, requests := r.Typical(name, bench.Wire), r.Typical(name, bench.Requests)
		if strings.Contains(name, "from the start") {
			is.Equal(requests, float64(link.Bound))                // however often it tries
			is.True(wire > size && wire < size*(link.Bound+1)/8.0) // an eighth passes each time
			continue
		}
		is.True(wire >= size)         // all of it has come
		is.True(wire < size+size/100) // once
		is.True(requests > 8)         // and in pieces
	}
}

// TestRate: a link is as slow as it says.
func TestRate(t *testing.T) {
	is := is.New(t)
	c := link.Link{Every: 1 << 20, Rate: 4 << 20}.Case("name", t.TempDir(), 1<<19)
	r, err := bench.Plan{Rounds: 1}.Run(c.Only(func(name string) bool { return name == "grab in a loop" }))
	is.NoErr(err)
	is.True(r.Typical("grab in a loop", bench.Time) > 0.1e9) // half a MiB at 4 MiB a second
}
