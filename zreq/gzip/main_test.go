package gzip_test

import (
	"testing"

	_ "github.com/zreq-go/zreq/form/stdjson" // for Response.JSON
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
