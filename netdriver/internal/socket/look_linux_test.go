package socket_test

import (
	"io"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/drivertest"
)

// TestQueued: what the peer's system has no room for is still ours.
func TestQueued(t *testing.T) {
	is := is.New(t)
	c, peer := connect(t, drivertest.TCP(t))
	q := c.(netdriver.Queuer)
	is.Equal(q.Queued(), 0)                                                                      // nothing was sent
	for limit := 100 * time.Millisecond; q.Queued() == 0 && limit < 10*time.Second; limit *= 2 { // if the machine stalls, it is over before they are full
		is.NoErr(c.SetWriteDeadline(time.Now().Add(limit)))
		var err error
		for err == nil { // until neither side has room
			_, err = c.Write(make([]byte, 64<<10))
		}
	}
	is.True(q.Queued() > 0)
	go func() { _, _ = io.Copy(io.Discard, peer) }()
	for limit := time.Now().Add(10 * time.Second); q.Queued() > 0 && time.Now().Before(limit); {
		time.Sleep(time.Millisecond)
	}
	is.Equal(q.Queued(), 0) // it has left as the peer read
	is.NoErr(c.Close())
	is.Equal(q.Queued(), 0) // of a closed connection nobody knows
}
