package roundtrip_test

import (
	"testing"

	"go.uber.org/goleak"

	_ "github.com/zreq-go/zreq/netdriver/std"
	_ "github.com/zreq-go/zreq/zreq/gzip"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
