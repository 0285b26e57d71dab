//go:build unix

package main

import (
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/download"
)

// A second process on the same file is told so.
func TestBusy(t *testing.T) {
	is := is.New(t)
	path := oldImage(t)
	first := download.FileSink(path)
	_, err := first.Open(-1, 0)
	is.NoErr(err) // the first one has begun
	defer first.Close()
	o, err := startOrigin(func(int) answer { return answer{image: newImage(7, smallBytes)} })
	is.NoErr(err) // the loopback is there
	defer o.close()
	_, err = tool(t.Context(), "-url", o.url, "-o", path)
	is.Equal(exitCode(err), 9) // as -h says
}
