package zreq_test

import (
	"testing"

	"go.uber.org/goleak"

	_ "github.com/zreq-go/zreq/form/stdjson" // for Response.JSON
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
