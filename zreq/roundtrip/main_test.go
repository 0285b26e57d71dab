package roundtrip_test

import (
	"flag"
	"testing"

	"go.uber.org/goleak"

	_ "github.com/zreq-go/zreq/netdriver/std"
	_ "github.com/zreq-go/zreq/zreq/gzip"
)

func TestMain(m *testing.M) {
	flag.Parse()
	_ = flag.Set("test.parallel", "32") // what runs in parallel here waits, and does little else
	goleak.VerifyTestMain(m)
}
