package zreq_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
)

// TestLowSpeedOfEachRequest: the body of each request of a call is measured from its
// beginning, and not with what was waited for another one.
func TestLowSpeedOfEachRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		first := true
		l := newLab(t, false, drivers["Checker"], func(c *labConn) {
			if first {
				first = false
				time.Sleep(9 * time.Second) // of the ten that there are
				c.send("HTTP/1.1 307 Moved\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n")
				return
			}
			time.Sleep(2 * time.Second)
			c.request()
			c.send(noContent)
		})
		l.net.BufferBytes = 100
		l.args.Timeouts.LowSpeed = zreq.LowSpeed{Bytes: 1000, In: 10 * time.Second}
		l.args.Body = strings.NewReader(strings.Repeat("x", 5000))
		resp, err := zreq.Post(context.Background(), l.url, &l.args)
		is.NoErr(err)
		is.Equal(resp.Status, 204)
	})
}
