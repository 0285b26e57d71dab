package memory_test

import (
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/memory"
)

func TestMedian(t *testing.T) {
	is := is.New(t)
	is.Equal(memory.Peak{RSS: []int64{9, 1, 5}}.Median(), int64(5))         // in whatever order they came
	is.Equal(memory.Peak{RSS: []int64{9, 1, 5, 7}}.Median(), int64(6))      // between the middle ones
	is.Equal(memory.Peak{RSS: []int64{130 << 10}}.Median(), int64(130<<10)) // of one
}
