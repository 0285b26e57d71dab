package link_test

import (
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/link"
)

// TestDownload: who goes on has the file, and hardly more of it on the wire than once.
func TestDownload(t *testing.T) {
	const size = 4 << 20
	for _, c := range link.Clients() {
		t.Run(c.Name, func(t *testing.T) {
			is := is.New(t)
			r, err := link.Link{Every: size / 8}.Download(c, t.TempDir(), size)
			is.NoErr(err) // the file is the right one
			if strings.Contains(c.Name, "from the start") {
				is.Equal(r.Requests, int64(link.Bound))                    // however often it tries
				is.True(r.Bytes > size && r.Bytes < size*(link.Bound+1)/8) // an eighth passes each time
				return
			}
			is.True(r.Bytes >= size)          // all of it has come
			is.True(r.Bytes < size+size/100)  // once
			is.True(r.Requests > 8)           // and in pieces
			is.True(r.Time.Nanoseconds() > 0) // in some time
		})
	}
}

// TestRate: a link is as slow as it says.
func TestRate(t *testing.T) {
	is := is.New(t)
	r, err := link.Link{Every: 1 << 20, Rate: 4 << 20}.Download(link.Clients()[0], t.TempDir(), 1<<19)
	is.NoErr(err)
	is.True(r.Time.Seconds() > 0.1) // half a MiB at 4 MiB a second
}
