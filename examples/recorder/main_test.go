package main

import (
	"context"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/matryer/is"
	"go.uber.org/goleak"
)

// TestMain is the device if a test has started this binary as a child.
func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		main()
		return
	}
	goleak.VerifyTestMain(m)
}

// That everything arrives, in order, demonstrate itself checks.
func TestDemonstrate(t *testing.T) {
	is := is.New(t)
	var out strings.Builder
	rows, err := demonstrate(t.Context(), &out)
	is.NoErr(err) // every promise was kept
	is.Equal(len(rows), 6)
	arrived, again := 0, 0
	for _, r := range rows {
		arrived += r.arrived
		again += r.again
	}
	is.True(arrived >= 20)
	is.True(again >= 2)          // the server has left twice without an answer
	is.True(rows[1].waiting > 0) // while it was away the device has gone on
	is.True(rows[2].waiting > 0) // the device was killed while it was sending
	is.Equal(rows[5].waiting, 0) // all has left
	is.True(strings.Contains(out.String(), "0 are missing, 0 out of order"))
	if runtime.GOOS != "windows" {
		is.True(strings.Contains(out.String(), "signal: killed"))
	}
}

func TestDeviceRefused(t *testing.T) {
	is := is.New(t)
	err := run(context.Background(), []string{"-url", "http://127.0.0.1:1/"}, strings.NewReader(""), &strings.Builder{})
	is.True(err != nil && strings.Contains(err.Error(), "-card"))
}
