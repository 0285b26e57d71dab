package zreqtest_test

import (
	"runtime"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// TestLiveHeap: what is held counts, what nobody holds does not.
func TestLiveHeap(t *testing.T) {
	is := is.New(t)
	zreqtest.SpareThreads()
	before := zreqtest.LiveHeap()
	held := make([]byte, 1<<20)
	lost := make([]byte, 1<<20)
	is.True(len(lost) > 0)
	lost = nil
	_ = lost
	grown := zreqtest.LiveHeap() - before
	is.True(grown > 900_000 && grown < 1_500_000) // one of the two, about
	runtime.KeepAlive(held)
}
