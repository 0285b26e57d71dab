package zreq_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
)

// modes are the ways in which a call and what follows it read a body, to the end
// and to the error.
var modes = map[string]func(url string, args zreq.Args) (*zreq.Response, error){
	"callback":       callingBack(0),
	"callback, 8192": callingBack(8192),
	"buffered": func(url string, args zreq.Args) (*zreq.Response, error) {
		return zreq.Get(context.Background(), url, &args)
	},
	"Read by 7":    pulling(func(r *zreq.Response) error { _, err := readBy(r, 7); return err }),
	"Read by 8192": pulling(func(r *zreq.Response) error { _, err := readBy(r, 8192); return err }),
	"WriteTo":      pulling(func(r *zreq.Response) error { _, err := r.WriteTo(new(pieces)); return err }),
	"Receiver":     pulling(func(r *zreq.Response) error { _, err := r.WriteTo(new(receiver)); return err }),
	"Chunks":       pulling(func(r *zreq.Response) error { _, err := chunked(r, 100); return err }),
	"Content":      pulling(func(r *zreq.Response) error { _, err := r.Content(); return err }),
}

func callingBack(chunk int) func(string, zreq.Args) (*zreq.Response, error) {
	return func(url string, args zreq.Args) (*zreq.Response, error) {
		args.StreamCallback, args.StreamChunk = func([]byte) error { return nil }, chunk
		return zreq.Get(context.Background(), url, &args)
	}
}

func pulling(take func(*zreq.Response) error) func(string, zreq.Args) (*zreq.Response, error) {
	return func(url string, args zreq.Args) (*zreq.Response, error) {
		args.Stream = true
		resp, err := zreq.Get(context.Background(), url, &args)
		if err != nil {
			return resp, err
		}
		return resp, take(resp)
	}
}

// links are plain connections and TLS, of drivers that can look and that cannot.
func links(t *testing.T, test func(t *testing.T, secure bool, dial string)) {
	for _, secure := range []bool{false, true} {
		for dial := range drivers {
			t.Run(map[bool]string{false: "plain", true: "TLS"}[secure]+"/"+dial, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { test(t, secure, dial) })
			})
		}
	}
}

// tooSlow checks that err is of LowSpeed.
func tooSlow(is *is.I, err error, phase zreq.Phase, in time.Duration) *zreq.Error {
	is.Helper()
	e := failure(is, err)
	is.True(e.Timeout())
	is.Equal(e.Phase, phase)
	is.True(saysLimit(err, "LowSpeed", in)) // it names the limit
	is.True(!errors.Is(err, zreq.ErrTruncated) && !errors.Is(err, zreq.ErrConnect))
	return e
}

// testLowSpeedReading: a body that drips more slowly than it may ends the call when
// the time is over, and one that is just fast enough never does.
func testLowSpeedReading(t *testing.T) {
	body := numbered(20_000)
	wire := "HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n"
	for name, tt := range map[string]struct {
		limit   zreq.LowSpeed
		burst   int // bytes at once, before it drips
		bytes   int // in each drip
		gap     time.Duration
		windows int // after which it is found out; 0: never
	}{
		"a byte, too slow":          {zreq.LowSpeed{Bytes: 10, In: 10 * time.Second}, 0, 1, 1100 * time.Millisecond, 1},
		"nothing":                   {zreq.LowSpeed{Bytes: 1, In: 10 * time.Second}, 0, 1, time.Hour, 1},
		"nothing behind a burst":    {zreq.LowSpeed{Bytes: 1, In: 10 * time.Second}, 9000, 1, time.Hour, 2},
		"a byte too few, in one":    {zreq.LowSpeed{Bytes: 1000, In: 10 * time.Second}, 0, 999, 9 * time.Second, 1},
		"too slow beside the head":  {zreq.LowSpeed{Bytes: 10, In: 10 * time.Second}, 10, 1, 1100 * time.Millisecond, 1},
		"short":                     {zreq.LowSpeed{Bytes: 10, In: 20 * time.Millisecond}, 0, 1, 10 * time.Millisecond, 1},
		"long":                      {zreq.LowSpeed{Bytes: 1000, In: time.Hour}, 0, 1, 10 * time.Second, 1},
		"the default time":          {zreq.LowSpeed{Bytes: 100}, 0, 1, time.Second, 1},
		"just fast enough":          {zreq.LowSpeed{Bytes: 1000, In: 10 * time.Second}, 0, 100, time.Second, 0},
		"just fast enough, at once": {zreq.LowSpeed{Bytes: 1000, In: 10 * time.Second}, 0, 1000, 9900 * time.Millisecond, 0},
		"fast enough, short":        {zreq.LowSpeed{Bytes: 100, In: 10 * time.Millisecond}, 0, 100, 9 * time.Millisecond, 0},
		"no bytes":                  {zreq.LowSpeed{In: time.Millisecond}, 0, 1000, 29 * time.Second, 0},
		"fewer than no bytes":       {zreq.LowSpeed{Bytes: -1, In: time.Millisecond}, 0, 1000, 29 * time.Second, 0},
		"no time":                   {zreq.LowSpeed{Bytes: math.MaxInt64, In: -1}, 0, 1000, 29 * time.Second, 0},
		"a time that is no limit":   {zreq.LowSpeed{Bytes: math.MaxInt64, In: math.MaxInt64}, 0, 1000, 29 * time.Second, 0},
		"off":                       {zreq.LowSpeed{}, 0, 1000, 29 * time.Second, 0},
	} {
		for mode, read := range modes {
			t.Run(name+"/"+mode, func(t *testing.T) {
				t.Parallel()
				links(t, func(t *testing.T, secure bool, dial string) {
					is := is.New(t)
					var began moment
					l := newLab(t, secure, drivers[dial], func(c *labConn) {
						if c.request() {
							began.note()
							c.send(wire + body[:tt.burst])
							c.drip(body[tt.burst:], tt.bytes, tt.gap)
						}
					})
					l.args.Timeouts = zreq.Timeouts{LowSpeed: tt.limit}
					l.args.Limits.ReadBuffer = 4 << 10 // less than the burst
					if tt.windows > 0 {
						l.args.Timeouts.Body = -1
					}
					resp, err := read(l.url, l.args)
					took := began.ago()
					is.Equal(l.net.Open(), 0)
					if tt.windows == 0 {
						is.NoErr(err)
						is.True(resp.Complete())
						return
					}
					in := tt.limit.In
					if in == 0 {
						in = 30 * time.Second
					}
					e := tooSlow(is, err, zreq.PhaseBody, in)
					is.True(took >= in*time.Duration(tt.windows))
					is.True(took <= in*time.Duration(tt.windows)*9/8)
					is.True(e.Received >= int64(tt.burst) && e.Received < int64(len(body)))
					is.True(!resp.Complete())
					is.Equal(resp.CloseReason(), zreq.CloseFailed)
				})
			})
		}
	}
}

// TestLowSpeedOfTheCaller: neither the time that a callback takes nor a pause
// between two Reads is counted, nor the wait for the head, which has its own limit.
func TestLowSpeedOfTheCaller(t *testing.T) {
	body := numbered(20_000)
	for name, use := range map[string]func(url string, args zreq.Args) error{
		"callback": func(url string, args zreq.Args) error {
			args.StreamCallback = func([]byte) error { time.Sleep(time.Minute); return nil }
			_, err := zreq.Get(context.Background(), url, &args)
			return err
		},
		"a slow head": func(url string, args zreq.Args) error {
			args.Timeouts.Body = -1
			_, err := zreq.Get(context.Background(), url, &args)
			return err
		},
		"OnHead": func(url string, args zreq.Args) error {
			args.OnHead = func(*zreq.Response) error { time.Sleep(time.Minute); return nil }
			_, err := zreq.Get(context.Background(), url, &args)
			return err
		},
		"pause": func(url string, args zreq.Args) error {
			_, err := pulling(func(r *zreq.Response) (err error) {
				for err == nil {
					_, err = r.ReadN(100)
					time.Sleep(time.Minute)
				}
				if err == io.EOF {
					err = nil
				}
				return err
			})(url, args)
			return err
		},
		"writer": func(url string, args zreq.Args) error {
			_, err := pulling(func(r *zreq.Response) error {
				_, err := r.WriteTo(writer(func(p []byte) (int, error) { time.Sleep(time.Minute); return len(p), nil }))
				return err
			})(url, args)
			return err
		},
		"body": func(url string, args zreq.Args) error {
			args.Body = napping{strings.NewReader(body)}
			_, err := zreq.Put(context.Background(), url, &args)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			links(t, func(t *testing.T, secure bool, dial string) {
				l := newLab(t, secure, drivers[dial], func(c *labConn) {
					if name == "body" {
						_, _ = io.CopyN(io.Discard, c, 20_000)
						c.send(noContent)
					} else if c.request() {
						if name == "a slow head" {
							time.Sleep(20 * time.Second)
						}
						c.send(withLength(body))
					}
				})
				l.args.Timeouts.LowSpeed = zreq.LowSpeed{Bytes: 5000, In: time.Second}
				is.New(t).NoErr(use(l.url, l.args))
			})
		})
	}
}

// napping is a body that takes its time.
type napping struct{ *strings.Reader }

func (n napping) Read(p []byte) (int, error) {
	time.Sleep(time.Minute)
	return n.Reader.Read(p)
}

// testLowSpeedAndSilence: beside LowSpeed the limit on silence holds as it does
// alone, never early and at most an eighth late, and it is named as it was given.
func testLowSpeedAndSilence(t *testing.T) {
	wire := byLength(numbered(20_000))[:5000]
	for _, silence := range []time.Duration{1, 3, 7, 10, 11, 15, 19, 31} {
		for _, in := range []time.Duration{1, 2, 5, 10, 12} {
			for _, at := range []time.Duration{0, 4, 9} {
				t.Run(fmt.Sprint(int(silence), "/", int(in), "/", int(at)), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						is := is.New(t)
						silence, in := silence*time.Second, in*time.Second
						var last moment
						l := newLab(t, false, drivers["Checker"], func(c *labConn) {
							if c.request() {
								c.send(wire[:100])
								c.drip(wire[100:], 2450, at*time.Second/10)
								last.note()
							}
						})
						l.args.Timeouts = zreq.Timeouts{Body: silence, LowSpeed: zreq.LowSpeed{Bytes: 50, In: in}}
						_, err := modes["Read by 7"](l.url, l.args)
						waited := last.ago()
						is.True(waited <= silence*9/8) // not later for what happened before
						if strings.Contains(err.Error(), "Timeouts.LowSpeed") {
							tooSlow(is, err, zreq.PhaseBody, in)
							is.True(waited <= 2*in*9/8)
							return
						}
						is.True(waited >= silence) // nor early
						is.True(strings.Contains(err.Error(), "Timeouts.Body of "))
						is.True(saysTimeout(err))
					})
				})
			}
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
