package zreq_test

import (
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
)

// TestPullBugTakenOfBuffered: Error.Taken is what the writer took, also of a body
// that was buffered: where to go on.
func TestPullBugTakenOfBuffered(t *testing.T) {
	for way, save := range savings {
		for _, took := range []int{0, 3} {
			t.Run(way, func(t *testing.T) {
				is := is.New(t)
				peer := answers(t, byLength(numbered(9001)))
				resp := origins["buffered"](t, peer)
				n, err := save(resp, writer(func(p []byte) (int, error) { return min(took, len(p)), errFull }))
				e := failure(is, err)
				is.Equal(e.Taken, n)              // what it took, and not what was read for it
				is.Equal(e.Received, int64(9001)) // the body came whole
				is.True(e.Sent > 0 && !zreq.SafeToRetry(err))
				letGo(is, resp, peer)
			})
		}
	}
}
