package zreq_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
)

// testLowSpeedSending: a peer that takes a body more slowly than it may ends the
// call when the time is over, though each byte that it takes is progress for
// Timeouts.Write.
func testLowSpeedSending(t *testing.T) {
	for name, tt := range map[string]struct {
		limit zreq.LowSpeed
		sip   int // bytes, each second
		ok    bool
	}{
		"a byte a second":     {zreq.LowSpeed{Bytes: 200, In: 16 * time.Second}, 1, false},
		"a little too slow":   {zreq.LowSpeed{Bytes: 1000, In: 16 * time.Second}, 55, false},
		"the default time":    {zreq.LowSpeed{Bytes: 1000}, 25, false},
		"nothing":             {zreq.LowSpeed{Bytes: 1, In: 10 * time.Second}, 0, false},
		"fast enough":         {zreq.LowSpeed{Bytes: 1000, In: 10 * time.Second}, 150, true},
		"no limit":            {zreq.LowSpeed{}, 150, true},
		"no bytes":            {zreq.LowSpeed{In: time.Second}, 150, true},
		"fewer than no bytes": {zreq.LowSpeed{Bytes: -5, In: time.Second}, 150, true},
		"no time":             {zreq.LowSpeed{Bytes: 1 << 40, In: -1}, 150, true},
	} {
		for body, open := range map[string]func(string) io.Reader{
			"length": func(s string) io.Reader { return strings.NewReader(s) },
			"chunks": func(s string) io.Reader { return reader{strings.NewReader(s)} },
			"Sender": func(s string) io.Reader { return &sender{Reader: bytes.NewReader([]byte(s))} },
		} {
			t.Run(name+"/"+body, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					const size = 20_000
					var began moment
					l := newLab(t, false, drivers["Checker"], func(c *labConn) {
						began.note()
						switch {
						case tt.sip == 0:
						case tt.ok:
							c.raw.most.Store(int64(tt.sip))
							c.raw.reads.Store(int64(time.Second))
							_, _ = io.CopyN(io.Discard, c, size+50)
							c.send(noContent)
						default:
							c.sip(tt.sip, time.Second)
						}
					})
					l.net.BufferBytes = 100
					l.args.Timeouts.LowSpeed = tt.limit
					l.args.Body = open(numbered(size))
					_, err := zreq.Put(context.Background(), l.url, &l.args)
					took := began.ago()
					is.Equal(l.net.Open(), 0)
					if tt.ok {
						is.NoErr(err)
						return
					}
					in := tt.limit.In
					if in == 0 {
						in = 30 * time.Second
					}
					e := tooSlow(is, err, zreq.PhaseSend, in)
					is.True(took >= in)
					is.True(took <= 2*in*9/8) // the first bytes go into a buffer, and count
					is.True(e.Sent > 0 && e.Sent < size)
					is.True(!zreq.SafeToRetry(err))
				})
			})
		}
	}
}
