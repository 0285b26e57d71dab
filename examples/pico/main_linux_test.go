package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/matryer/is"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestRun: the job goes on where the server hung up, and where the power failed.
func TestRun(t *testing.T) {
	is := is.New(t)
	var out strings.Builder
	is.NoErr(run(t.Context(), &out))
	cut := regexp.MustCompile(`40960 to \d+ of 102400 bytes\nthe power`) // how far it came is not the same each time
	is.Equal(cut.ReplaceAllString(out.String(), "40960 to … of 102400 bytes\nthe power"), `image of 100 KiB, flash of 256 KiB, chip with 8 sockets
from 0 to 40960 of 102400 bytes
the server has gone away; it comes back, and the board starts again
from 40960 to … of 102400 bytes
the power has failed; the board starts again
the image is verified: the boot loader will try it
from 40960 to 102400 of 102400 bytes
`)
}
