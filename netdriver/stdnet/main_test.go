package stdnet_test

import (
	"flag"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	flag.Parse()
	_ = flag.Set("test.parallel", "8") // what runs in parallel here waits, and does little else
	goleak.VerifyTestMain(m)
}
