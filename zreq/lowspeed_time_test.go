package zreq_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
)

// TestLowSpeedNameOfSilence: the limit on silence is named as it was given, not
// as what a window of LowSpeed has left of it.
func TestLowSpeedNameOfSilence(t *testing.T) {
	for _, phase := range []zreq.Phase{zreq.PhaseSend, zreq.PhaseBody} {
		for dial, over := range drivers {
			t.Run(phase.String()+"/"+dial, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					l := newLab(t, false, over, func(c *labConn) {
						switch {
						case phase == zreq.PhaseSend:
							c.raw.most.Store(1)
							_, _ = io.CopyN(io.Discard, c, 5000)
							time.Sleep(7 * time.Second)
							_, _ = io.CopyN(io.Discard, c, 5000)
						case c.request():
							c.send(byLength(numbered(20_000))[:100])
							c.drip(numbered(100), 100, time.Second)
						}
					})
					l.net.BufferBytes = 4096
					l.args.Timeouts = zreq.Timeouts{Body: 15 * time.Second, Write: 15 * time.Second, LowSpeed: zreq.LowSpeed{Bytes: 50, In: 10 * time.Second}}
					var err error
					if phase == zreq.PhaseSend {
						l.args.Body = strings.NewReader(numbered(100_000))
						_, err = zreq.Put(context.Background(), l.url, &l.args)
					} else {
						_, err = zreq.Get(context.Background(), l.url, &l.args)
					}
					is.True(saysTimeout(err))
					is.True(strings.Contains(err.Error(), " of 15s ") || strings.Contains(err.Error(), "Timeouts.LowSpeed of 10s "))
				})
			})
		}
	}
}

// TestLowSpeedSendingInTime: sending too slowly ends the call within an eighth of
// LowSpeed.In, however short that is beside the slices of a write, and sending
// just fast enough does not.
func TestLowSpeedSendingInTime(t *testing.T) {
	body := numbered(1 << 20)
	for _, in := range []time.Duration{100 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second, 3 * time.Second, 5 * time.Second, 6 * time.Second, 10 * time.Second, 30 * time.Second} {
		for name, tenths := range map[string]int{"too slow": 9, "just fast enough": 11} {
			t.Run(fmt.Sprint(name, "/", in), func(t *testing.T) {
				links(t, func(t *testing.T, secure bool, dial string) {
					const rate = 20_000 // bytes in each time
					is := is.New(t)
					var began moment
					l := newLab(t, secure, drivers[dial], func(c *labConn) {
						_, _ = c.Read(make([]byte, 1))
						began.note()
						c.sip(rate/1000*tenths, in/100) // below TLS, which adds little; finely, so that a sip more or less in a window does not matter
					})
					l.net.BufferBytes = 4000
					l.args.Timeouts = zreq.Timeouts{Write: time.Hour, LowSpeed: zreq.LowSpeed{Bytes: rate, In: in}}
					l.args.Body = strings.NewReader(body)
					ctx, cancel := context.WithTimeoutCause(context.Background(), 30*in, errCancelled)
					defer cancel()
					_, err := zreq.Put(ctx, l.url, &l.args)
					took := began.ago()
					if tenths > 10 {
						is.True(errors.Is(err, errCancelled) || phaseOf(err) == zreq.PhaseHead) // it is fast enough
						return
					}
					e := tooSlow(is, err, zreq.PhaseSend, in)
					is.True(took <= 3*in*9/8) // the first bytes go into buffers, and count
					is.True(e.Sent > 0)
				})
			})
		}
	}
}

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
