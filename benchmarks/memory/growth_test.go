package memory_test

import (
	"runtime"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/memory"
)

func TestGrowths(t *testing.T) {
	is := is.New(t)
	growths, err := memory.Growths(start(t), true)
	is.NoErr(err)
	var peers []string
	for _, g := range growths {
		t.Logf("%-12s %d bytes", g.Peer, g.Bytes)
		peers = append(peers, g.Peer)
		is.True(g.Bytes > 0)       // each has a buffer, and a connection
		is.True(g.Bytes < 256<<10) // and nobody keeps a body
	}
	is.Equal(peers, []string{"raw", "zreq", "net/http"})
}

func TestGrowthShowsWhatIsKept(t *testing.T) {
	is := is.New(t)
	var kept [][]byte
	chunks := 0
	g, err := memory.GrowthOf(start(t), 64<<20, func(chunk []byte) {
		if chunks++; chunks%64 == 0 {
			kept = append(kept, append([]byte(nil), chunk...))
		}
	})
	is.NoErr(err)
	is.True(g.Bytes >= 1<<20) // a 64th of 64 MiB
	runtime.KeepAlive(kept)
}
