package jobs

import (
	"os"
	"testing"

	"github.com/zreq-go/zreq/benchmarks/origin"
)

func TestMain(m *testing.M) {
	origin.Main()
	os.Exit(m.Run())
}
