package memory_test

import (
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/memory"
)

func TestIdles(t *testing.T) {
	is := is.New(t)
	idles, err := memory.Idles(start(t), true)
	is.NoErr(err)
	is.Equal(len(idles), 12) // six peers, plain and over TLS
	for _, i := range idles {
		t.Logf("%-12s TLS %-5v %6d connections: %6d heap %6d stack %.3f goroutines", i.Peer, i.TLS, i.Connections, i.Heap, i.Stack, i.Goroutines)
	}
}

func TestGrowths(t *testing.T) {
	is := is.New(t)
	growths, err := memory.Growths(start(t), true)
	is.NoErr(err)
	is.Equal(len(growths), 3)
	for _, g := range growths {
		t.Logf("%-12s %d", g.Peer, g.Bytes)
	}
}

func TestPeaks(t *testing.T) {
	is := is.New(t)
	peaks, err := memory.Peaks(start(t), 3)
	is.NoErr(err)
	for _, p := range peaks {
		t.Logf("%-22s %-20s %8d %v", p.Job, p.Peer, p.Median(), p.RSS)
	}
}
