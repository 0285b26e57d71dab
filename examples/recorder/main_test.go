package main

import (
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/matryer/is"
	"go.uber.org/goleak"

	"github.com/zreq-go/zreq/examples/internal/recording"
)

// TestMain is the device if a test has started this binary as a child.
func TestMain(m *testing.M) {
	if os.Getenv(recording.ChildEnv) != "" {
		main()
		return
	}
	goleak.VerifyTestMain(m)
}

// That everything arrives, in order, Demonstrate itself checks.
func TestDemonstrate(t *testing.T) {
	is := is.New(t)
	var out strings.Builder
	rows, err := recording.Demonstrate(t.Context(), &out)
	is.NoErr(err) // every promise was kept
	is.Equal(len(rows), 6)
	arrived, again := 0, 0
	for _, r := range rows {
		arrived += r.Arrived
		again += r.Again
	}
	is.True(arrived >= 20)
	is.True(again >= 2)          // the server has left twice without an answer
	is.True(rows[1].Waiting > 0) // while it was away the device has gone on
	is.True(rows[2].Waiting > 0) // the device was killed while it was sending
	is.Equal(rows[5].Waiting, 0) // all has left
	is.True(strings.Contains(out.String(), "0 are missing, 0 out of order"))
	if runtime.GOOS != "windows" {
		is.True(strings.Contains(out.String(), "signal: killed"))
	}
}
