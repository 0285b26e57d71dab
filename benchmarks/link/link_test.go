package link_test

import (
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/link"
)

// TestDownload: who goes on has the file, and hardly more of it on the wire than once.
func TestDownload(t *testing.T) {
	is := is.New(t)
	const size = 4 << 20
	runs, err := link.Link{Every: size / 8}.Download(t.TempDir(), size)
	is.NoErr(err)
	for _, r := range runs {
		t.Logf("%-40s %9d bytes %3d requests %v", r.Client, r.Bytes, r.Requests, r.Time)
		if r.Client == "net/http, each time from the start" {
			is.True(!r.Done)                                           // it cannot
			is.Equal(r.Requests, int64(link.Bound))                    // however often it tries
			is.True(r.Bytes > size && r.Bytes < size*(link.Bound+1)/8) // and an eighth passes each time
			continue
		}
		is.True(r.Done)                  // the file is the right one
		is.True(r.Bytes >= size)         // all of it has come
		is.True(r.Bytes < size+size/100) // once
		is.True(r.Requests > 8)          // and in pieces
	}
}

// TestRate: a link is as slow as it says.
func TestRate(t *testing.T) {
	is := is.New(t)
	runs, err := link.Link{Every: 1 << 20, Rate: 4 << 20}.Download(t.TempDir(), 1<<19)
	is.NoErr(err)
	is.True(runs[0].Time.Seconds() > 0.1) // half a MiB at 4 MiB a second
}
