package memory_test

import (
	"os"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/memory"
	"github.com/zreq-go/zreq/benchmarks/origin"
)

// The children of a test are processes of the test's program.
func TestMain(m *testing.M) {
	origin.Main()
	memory.Main()
	os.Exit(m.Run())
}

// start starts a server that ends with the test.
func start(t *testing.T) *origin.Origin {
	t.Helper()
	is := is.New(t)
	o, err := origin.Start()
	is.NoErr(err)
	t.Cleanup(func() { is.NoErr(o.Stop()) })
	return o
}
