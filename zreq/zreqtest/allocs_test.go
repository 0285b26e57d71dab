package zreqtest_test

import (
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// TestAllocs: what each run allocates counts, and what only some do does not.
func TestAllocs(t *testing.T) {
	is := is.New(t)
	var held []byte
	run := 0
	objects, bytes := zreqtest.Allocs(func() {
		held = make([]byte, 4096)
		if run++; run%2 == 0 {
			held = make([]byte, 1<<20)
		}
	})
	is.Equal(len(held) > 0, true)
	is.Equal(objects, int64(1))
	is.Equal(bytes, int64(4096))
	objects, bytes = zreqtest.Allocs(func() {})
	is.Equal(objects, int64(0))
	is.Equal(bytes, int64(0))
}
