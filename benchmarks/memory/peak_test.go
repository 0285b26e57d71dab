package memory_test

import (
	"path/filepath"
	"runtime"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/memory"
)

func TestPeaks(t *testing.T) {
	is := is.New(t)
	peaks, err := memory.Peaks(start(t), 1)
	is.NoErr(err)
	jobs := make(map[string]map[string]int64)
	for _, p := range peaks {
		t.Logf("%-22s %-20s %10d", p.Job, p.Peer, p.Median())
		is.Equal(len(p.RSS), 1)
		if jobs[p.Job] == nil {
			jobs[p.Job] = make(map[string]int64)
		}
		jobs[p.Job][p.Peer] = p.Median()
	}
	is.Equal(len(jobs), 5)
	for _, peers := range jobs {
		for _, peer := range []string{"raw", "zreq", "net/http", "fasthttp", "resty"} {
			is.True(peers[peer] > 1<<20)  // it is there
			is.True(peers[peer] < 48<<20) // nobody holds the body
		}
		is.True(peers["raw"] < peers["net/http"])
	}
	is.True(jobs["download 64 MiB"]["fasthttp, buffered"] > 64<<20) // but those that do
	is.True(jobs["upload 64 MiB"]["resty, buffered"] > 64<<20)
}

// TestWeighTellsAChildFromItsParent: the system counts what the parent holds as the
// child's, and this one holds much.
func TestWeighTellsAChildFromItsParent(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	is.NoErr(memory.Build(dir, "weigh", "empty", "raw"))
	held := make([]byte, 200<<20)
	for i := 0; i < len(held); i += 4096 {
		held[i] = 1
	}
	size, err := memory.Weigh(dir, filepath.Join(dir, "empty"))
	is.NoErr(err)
	is.True(size > 1<<20 && size < 8<<20) // its own
	_, err = memory.Weigh(dir, filepath.Join(dir, "raw"))
	is.True(err != nil) // a program that fails has no weight
	runtime.KeepAlive(held)
}

func TestProgramThatDoesNotBuild(t *testing.T) {
	is.New(t).True(memory.Build(t.TempDir(), "nobody") != nil)
}
