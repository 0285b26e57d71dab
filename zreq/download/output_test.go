package download_test

import (
	"crypto/sha256"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/download"
)

// writes is a writer that notes how much it is given at once.
type writes []int

func (w *writes) Write(p []byte) (int, error) {
	*w = append(*w, len(p))
	return len(p), nil
}

// testPieces: what is hashed is written in pieces that end at pages of the content, wherever the
// body begins; and what comes slowly within a tenth of a second.
func testPieces(t *testing.T) {
	v := version(100_000, `"7"`)
	sum := sha256.Sum256([]byte(v.body))
	served(t, cutEvery(v, 60_001), func(is *is.I, o *origin, args *download.Args) {
		args.Want.SHA256 = sum[:]
		var got writes
		_, err := get(o, download.WriterSink(&got), args)
		is.NoErr(err)
		is.Equal(got, writes{32 << 10, 60_001 - 32<<10, 88<<10 - 60_001, 100_000 - 88<<10})
	})
	served(t, func(a *ask) reply {
		return reply{text: v.serve(a), cut: -1, slow: 30 * time.Millisecond}
	}, func(is *is.I, o *origin, args *download.Args) {
		args.Want.SHA256 = sum[:]
		var got writes
		_, err := get(o, download.WriterSink(&got), args)
		is.NoErr(err)
		for _, n := range got {
			is.True(n <= 5000) // 30 ms each, the first with the head
		}
	})
}
