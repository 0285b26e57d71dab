package download_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

const image = "http://user:pass@fleet.test/image?signature=1#x"

// served runs a job against an origin that answers by a function, in a bubble of time.
func served(t *testing.T, answer func(a *ask) reply, job func(is *is.I, o *origin, args *download.Args)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o := newOrigin(answer)
		defer o.close()
		is := is.New(t)
		job(is, o, &download.Args{Call: zreq.Args{Driver: o}})
		is.Equal(o.net.Open(), 0) // no connection is left
	})
}

// cutEvery cuts the answers of a version that behaves, each after n bytes of its body.
func cutEvery(v *thing, n int) func(a *ask) reply {
	return func(a *ask) reply {
		text := v.serve(a)
		cut := strings.Index(text, "\r\n\r\n") + 4 + n
		if cut >= len(text) {
			cut = -1
		}
		return reply{text: text, cut: cut}
	}
}

func version(size int, etag string) *thing {
	return &thing{body: string(numbered(size)), etag: etag}
}

func get(o *origin, sink download.Sink, args *download.Args) (*download.Result, error) {
	return download.Get(context.Background(), image, sink, args)
}

func problem(is *is.I, err error) *download.Error {
	is.Helper()
	var e *download.Error
	is.True(errors.As(err, &e))
	return e
}

// testGoesOn: a job goes on at the next byte after a cut, with the validator of what it has,
// and counts what it has spent as the server does.
func testGoesOn(t *testing.T) {
	v := version(100_000, `"7"`)
	served(t, cutEvery(v, 30_000), func(is *is.I, o *origin, args *download.Args) {
		sink := new(memSink)
		res, err := get(o, sink, args)
		is.NoErr(err)
		is.True(string(sink.target) == v.body)
		is.Equal(len(o.asks), 4)
		for i, a := range o.asks[1:] {
			is.Equal(a.from, int64(30_000*(i+1)))
			is.Equal(a.ifRange, `"7"`)
		}
		is.True(strings.Contains(o.asks[0].head, "Accept-Encoding: identity\r\n"))
		is.Equal(res.Attempts, 4)
		is.Equal(res.Spent, o.count.Load())
		is.Equal(res.URL, "http://fleet.test/image")
		is.Equal(sink.record, nil) // the state is removed
		is.Equal(sink.broken, nil)
	})
}

// testGoesOnInAnotherProcess: what was synced is not asked for again.
func testGoesOnInAnotherProcess(t *testing.T) {
	for name, want := range map[string]bool{"digest": true, "validator": false} {
		t.Run(name, func(t *testing.T) {
			v := version(100_000, `"7"`)
			served(t, cutEvery(v, 30_000), func(is *is.I, o *origin, args *download.Args) {
				if want {
					sum := sha256.Sum256([]byte(v.body))
					args.Want.SHA256 = sum[:]
				}
				sink := new(memSink)
				args.BytesPerSecond = 50_000 // so that time passes
				ctx, cancel := context.WithCancel(context.Background())
				args.Progress = func(p download.Progress) {
					if p.Offset > 40_000 {
						cancel()
					}
				}
				res, err := download.Get(ctx, image, sink, args)
				is.True(errors.Is(err, context.Canceled))
				is.True(problem(is, err).Resumable)
				asked := len(o.asks)
				sink.reboot()
				args.Progress = nil
				again, err := get(o, sink, args)
				is.NoErr(err)
				is.True(string(sink.target) == v.body)
				is.Equal(again.Resumed, res.Offset)
				is.Equal(o.asks[asked].from, res.Offset)
				is.Equal(again.Attempts, len(o.asks)) // with those of the call before
				is.Equal(sink.broken, nil)
			})
		})
	}
}

// testPrefixThatWasLost: in another process the bytes that the sink has kept are compared
// with the checkpoint, unless they are trusted.
func testPrefixThatWasLost(t *testing.T) {
	for name, trust := range map[string]bool{"read": false, "trusted": true} {
		t.Run(name, func(t *testing.T) {
			v := version(50_000, `"7"`)
			served(t, cutEvery(v, 30_000), func(is *is.I, o *origin, args *download.Args) {
				sum := sha256.Sum256([]byte(v.body))
				args.Want.SHA256, args.TrustPart = sum[:], trust
				sink := new(memSink)
				ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
				defer cancel()
				o.answer = func(a *ask) reply {
					if a.k == 2 {
						cancel()
						return reply{cut: 0}
					}
					return cutEvery(v, 30_000)(a)
				}
				_, err := download.Get(ctx, image, sink, args)
				is.True(err != nil)
				sink.reboot()
				sink.bytes[5]++
				o.answer = func(a *ask) reply { return reply{text: v.serve(a), cut: -1} }
				before := len(o.asks)
				res, err := get(o, sink, args)
				is.NoErr(err)
				is.Equal(res.Resumed, map[bool]int64{false: 0, true: 30_000}[trust])
				is.Equal(string(res.SHA256), string(sum[:]))
				is.Equal(len(o.asks)-before, 1)
				is.Equal(string(sink.target) == v.body, !trust) // who trusts has to be right
			})
		})
	}
}

// testRestart: another version begins anew, and says so; a sink that cannot take back what
// it has ends the job instead.
func testRestart(t *testing.T) {
	old, now := version(50_000, `"7"`), &thing{body: strings.Repeat("x", 40_000), etag: `"8"`}
	flip := func(a *ask) reply {
		if a.k == 1 {
			return cutEvery(old, 30_000)(a)
		}
		return reply{text: now.serve(a), cut: -1}
	}
	served(t, flip, func(is *is.I, o *origin, args *download.Args) {
		sink := new(memSink)
		var told error
		args.OnRestart = func(reason error) error {
			told = reason
			is.Equal(len(sink.bytes), 30_000) // the sink was not touched
			return nil
		}
		res, err := get(o, sink, args)
		is.NoErr(err)
		is.True(told != nil)
		is.True(string(sink.target) == now.body)
		is.Equal(res.Restarts, 1)
		is.Equal(sink.broken, nil)
	})
	served(t, flip, func(is *is.I, o *origin, args *download.Args) {
		sink := new(memSink)
		args.MaxRestarts = -1
		_, err := get(o, sink, args)
		is.True(errors.Is(err, download.ErrRestarts))
		is.Equal(len(sink.bytes), 30_000)
	})
	served(t, flip, func(is *is.I, o *origin, args *download.Args) {
		var w strings.Builder
		_, err := get(o, download.WriterSink(&w), args)
		is.True(errors.Is(err, download.ErrChanged))
		is.Equal(w.Len(), 30_000)
	})
	served(t, flip, func(is *is.I, o *origin, args *download.Args) {
		var w strings.Builder
		args.OnRestart = func(error) error { w.Reset(); return nil }
		_, err := get(o, download.WriterSink(&w), args)
		is.NoErr(err)
		is.True(w.String() == now.body)
	})
}

// testDigest: a wrong whole is not committed, and is gone afterwards; the checkpoint keeps
// what was spent.
func testDigest(t *testing.T) {
	v := version(5_000, `"7"`)
	served(t, cutEvery(v, 10_000), func(is *is.I, o *origin, args *download.Args) {
		args.Want.SHA256 = make([]byte, 32)
		sink := new(memSink)
		res, err := get(o, sink, args)
		is.True(errors.Is(err, download.ErrDigest))
		is.Equal(problem(is, err).Step, download.StepVerify)
		is.Equal(sink.target, nil)
		is.Equal(len(sink.durable), 0)
		offset, ok := download.OffsetOf(sink.record)
		is.True(ok && offset == 0)
		is.True(res.Spent > 5_000)
		sink.reboot()
		again, err := get(o, sink, args)
		is.True(errors.Is(err, download.ErrDigest))
		is.True(again.Spent > 2*5_000)
		for range 3 {
			sink.reboot()
			_, err = get(o, sink, args)
		}
		is.True(errors.Is(err, download.ErrRestarts)) // it does not go on for ever
		is.Equal(sink.broken, nil)
	})
}

// testDigestAfterAResume: what came in pieces is fetched once more, as one.
func testDigestAfterAResume(t *testing.T) {
	v := version(50_000, `"7"`)
	answer := func(a *ask) reply {
		w := *v
		if a.k == 1 {
			w.body = strings.ToUpper(v.body[:9]) + "!" + v.body[10:]
			return cutEvery(&w, 30_000)(a)
		}
		return reply{text: w.serve(a), cut: -1}
	}
	served(t, answer, func(is *is.I, o *origin, args *download.Args) {
		sum := sha256.Sum256([]byte(v.body))
		args.Want.SHA256 = sum[:]
		sink := new(memSink)
		res, err := get(o, sink, args)
		is.NoErr(err)
		is.True(string(sink.target) == v.body)
		is.Equal(len(o.asks), 3)
		is.Equal(o.asks[2].from, int64(-1)) // without a Range
		is.Equal(res.Restarts, 1)
	})
}

// testRetries: attempts that add nothing are limited and wait longer and longer; those that
// add something are not.
func testRetries(t *testing.T) {
	down := func(a *ask) reply { return reply{text: "HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n", cut: -1} }
	served(t, down, func(is *is.I, o *origin, args *download.Args) {
		args.Retry = download.Retry{Attempts: 5}
		began := time.Now()
		_, err := get(o, new(memSink), args)
		is.True(errors.Is(err, zreq.ErrOutOfRetries))
		is.True(errors.Is(err, zreq.ErrStatus))
		is.True(problem(is, err).Resumable)
		is.Equal(len(o.asks), 5)
		is.True(time.Since(began) <= 15*time.Second) // 1 + 2 + 4 + 8
	})
	served(t, cutEvery(version(400_000, `"7"`), 20_000), func(is *is.I, o *origin, args *download.Args) {
		args.Retry.Attempts = 2
		began := time.Now()
		_, err := get(o, new(memSink), args)
		is.NoErr(err)
		is.Equal(len(o.asks), 20)
		is.Equal(time.Since(began), time.Duration(0)) // at once
	})
	asked := func(after string) func(a *ask) reply {
		v := version(100, `"7"`)
		return func(a *ask) reply {
			if a.k == 1 {
				return reply{text: "HTTP/1.1 429 Slow\r\nRetry-After: " + after + "\r\nContent-Length: 0\r\n\r\n", cut: -1}
			}
			return reply{text: v.serve(a), cut: -1}
		}
	}
	served(t, asked("40"), func(is *is.I, o *origin, args *download.Args) {
		began := time.Now()
		_, err := get(o, new(memSink), args)
		is.NoErr(err)
		is.True(time.Since(began) >= 40*time.Second)
	})
	served(t, asked("61"), func(is *is.I, o *origin, args *download.Args) {
		_, err := get(o, new(memSink), args)
		is.Equal(problem(is, err).RetryAfter, 61*time.Second)
		is.True(problem(is, err).Resumable)
		is.Equal(len(o.asks), 1)
	})
}

// testFirstURL: a URL that a redirect has led to may expire. The first URL is asked again,
// once, unless there was progress.
func testFirstURL(t *testing.T) {
	v := version(50_000, `"7"`)
	signed := 0
	answer := func(a *ask) reply {
		switch {
		case a.path == "/image?signature=1":
			signed++
			return reply{text: "HTTP/1.1 302 Found\r\nLocation: /cdn?key=" + string(rune('0'+signed)) + "\r\nContent-Length: 0\r\n\r\n", cut: -1}
		case signed == 2:
			return reply{text: "HTTP/1.1 403 Expired\r\nContent-Length: 0\r\n\r\n", cut: -1}
		}
		return cutEvery(v, 30_000)(a)
	}
	served(t, answer, func(is *is.I, o *origin, args *download.Args) {
		sink := new(memSink)
		res, err := get(o, sink, args)
		is.NoErr(err)
		is.True(string(sink.target) == v.body)
		is.Equal(signed, 3)
		is.Equal(res.URL, "http://fleet.test/cdn")
	})
	signed = 0
	served(t, func(a *ask) reply {
		if a.path == "/image?signature=1" {
			return answer(a)
		}
		return reply{text: "HTTP/1.1 404 Gone\r\nContent-Length: 0\r\n\r\n", cut: -1}
	}, func(is *is.I, o *origin, args *download.Args) {
		_, err := get(o, new(memSink), args)
		is.True(errors.Is(err, zreq.ErrStatus))
		is.Equal(signed, 2)
	})
}

// testParts: with PartSize no response is longer than that, over one connection.
func testParts(t *testing.T) {
	v := version(50_000, `"7"`)
	for name, session := range map[string]bool{"alone": false, "session": true} {
		t.Run(name, func(t *testing.T) {
			served(t, func(a *ask) reply { return reply{text: v.serve(a), cut: -1} }, func(is *is.I, o *origin, args *download.Args) {
				args.PartSize = 15_000
				var s zreq.Session
				if session {
					args.Session = &s
				}
				sink := new(memSink)
				_, err := get(o, sink, args)
				is.NoErr(err)
				is.True(string(sink.target) == v.body)
				is.Equal(len(o.asks), 4)
				is.Equal(o.asks[1].until, int64(30_000))
				is.Equal(o.net.Dials(), 1)
				is.NoErr(s.Close())
			})
		})
	}
	served(t, func(a *ask) reply { return reply{text: (&thing{etag: `"0"`}).serve(a), cut: -1} }, func(is *is.I, o *origin, args *download.Args) {
		args.PartSize = 15_000
		sink := new(memSink)
		res, err := get(o, sink, args)
		is.NoErr(err)
		is.Equal(res.Size, int64(0))
		is.True(sink.target != nil && len(sink.target) == 0) // an empty thing is a thing
	})
}

// testBudget: the job stops at its budget, by the count of the server, and goes on when
// there is more.
func testBudget(t *testing.T) {
	v := version(50_000, `"7"`)
	served(t, cutEvery(v, 20_000), func(is *is.I, o *origin, args *download.Args) {
		args.Budget = 52_000 // the first response fits, with its head; the rest does not
		sink := new(memSink)
		res, err := get(o, sink, args)
		is.NoErr(err)
		is.Equal(res.Spent, o.count.Load())
	})
	served(t, cutEvery(v, 20_000), func(is *is.I, o *origin, args *download.Args) {
		args.Budget = 40_000
		sink := new(memSink)
		_, err := get(o, sink, args)
		is.True(errors.Is(err, download.ErrBudget)) // at the head: it announces more
		is.Equal(len(sink.bytes), 0)
		is.Equal(len(o.asks), 1)
		spent := o.count.Load()
		is.True(spent <= args.Budget+originBuffer)
		args.Budget = 0
		sink.reboot()
		res, err := get(o, sink, args)
		is.NoErr(err)
		is.True(res.Spent > 50_000)
	})
}

// testPace: BytesPerSecond holds, and Progress comes at most ten times a second.
func testPace(t *testing.T) {
	v := version(100_000, `"7"`)
	served(t, cutEvery(v, 40_000), func(is *is.I, o *origin, args *download.Args) {
		args.BytesPerSecond = 10_000
		var reports []download.Progress
		args.Progress = func(p download.Progress) { reports = append(reports, p) }
		began := time.Now()
		_, err := get(o, new(memSink), args)
		is.NoErr(err)
		took := time.Since(began)
		is.True(took >= 9*time.Second && took <= 11*time.Second)
		is.True(len(reports) > 50 && len(reports) <= 102)
		last := reports[len(reports)-1]
		is.True(last.Done)
		is.Equal(last.Offset, int64(100_000))
		is.Equal(last.Total, int64(100_000))
		is.Equal(last.Attempt, 3)
		for _, p := range reports[2 : len(reports)-1] {
			is.True(p.Rate > 5_000 && p.Rate < 20_000)
			is.True(!p.Done)
		}
	})
}

// links is a driver with two links, the first of which is suspected of what the job tells.
type links struct {
	*origin
	suspected []string
}

func (l *links) Suspect(link string) { l.suspected = append(l.suspected, link) }

func (l *links) DialPath(ctx context.Context, network, address string, _ bool) (netdriver.Conn, *netdriver.Path, error) {
	c, err := l.Dial(ctx, network, address)
	return c, &netdriver.Path{Link: []string{"wire", "modem"}[min(1, len(l.suspected))]}, err
}

// testLinks: a stall and a cut are told to the driver, and the job goes on over the link
// that it gives then.
func testLinks(t *testing.T) {
	v := version(50_000, `"7"`)
	for name, stall := range map[string]bool{"cut": false, "stall": true} {
		t.Run(name, func(t *testing.T) {
			served(t, func(a *ask) reply {
				r := cutEvery(v, 30_000)(a)
				if stall && r.cut > 0 {
					return reply{text: r.text[:r.cut], cut: -1, stall: true}
				}
				return r
			}, func(is *is.I, o *origin, args *download.Args) {
				d := &links{origin: o}
				args.Call.Driver = d
				sink := new(memSink)
				var last download.Progress
				args.Progress = func(p download.Progress) { last = p }
				res, err := get(o, sink, args)
				is.NoErr(err)
				is.True(string(sink.target) == v.body)
				is.Equal(d.suspected, []string{"wire"})
				is.Equal(res.Links, []string{"wire", "modem"})
				is.Equal(last.Link, "modem")
				is.Equal(o.asks[1].from, int64(30_000)) // from the next byte
			})
		})
	}
}

// testBadArguments: nothing is dialled.
func testBadArguments(t *testing.T) {
	bad := map[string]func(args *download.Args){
		"Range":         func(a *download.Args) { a.Call.Headers = zreq.Headers{{"range", "bytes=1-"}} },
		"If-None-Match": func(a *download.Args) { a.Call.Headers = zreq.Headers{{"If-None-Match", "*"}} },
		"coding":        func(a *download.Args) { a.Call.Headers = zreq.Headers{{"Accept-Encoding", "gzip"}} },
		"callback":      func(a *download.Args) { a.Call.StreamCallback = func([]byte) error { return nil } },
		"body":          func(a *download.Args) { a.Call.Body = strings.NewReader("x") },
		"budget":        func(a *download.Args) { a.Budget = -1 },
		"part":          func(a *download.Args) { a.PartSize = -1 },
		"rate":          func(a *download.Args) { a.BytesPerSecond = -1 },
		"digest":        func(a *download.Args) { a.Want.SHA256 = []byte("abcdef") },
		"sizes":         func(a *download.Args) { a.Want.MinSize, a.Want.MaxSize = 2, 1 },
		"size":          func(a *download.Args) { a.Want.Size, a.Want.MaxSize = 2, 1 },
	}
	for name, set := range bad {
		t.Run(name, func(t *testing.T) {
			served(t, nil, func(is *is.I, o *origin, args *download.Args) {
				set(args)
				sink := new(memSink)
				res, err := get(o, sink, args)
				is.True(errors.Is(err, download.ErrArgs))
				is.Equal(problem(is, err).Step, download.StepArgs)
				is.Equal(problem(is, err).URL, "http://fleet.test/image")
				is.True(res != nil)
				is.Equal(o.net.Dials(), 0)
				is.Equal(sink.calls, []string{"close"})
			})
		})
	}
}

// testWant: what is something else by its head is refused before the sink is touched.
func testWant(t *testing.T) {
	v := version(1_000, `"7"`)
	v.extra = "Content-Type: text/html; charset=utf-8\r\nX-Sum: no\r\n"
	for name, want := range map[string]download.Want{
		"type": {MediaType: "application/octet-stream"},
		"size": {Size: 999},
		"min":  {MinSize: 1_001},
		"max":  {MaxSize: 999},
		"from": {From: func(*zreq.Response) ([]byte, error) { return nil, io.ErrUnexpectedEOF }},
		"sum":  {SHA256: make([]byte, 32), From: func(*zreq.Response) ([]byte, error) { return make([]byte, 31), nil }},
	} {
		t.Run(name, func(t *testing.T) {
			served(t, func(a *ask) reply { return reply{text: v.serve(a), cut: -1} }, func(is *is.I, o *origin, args *download.Args) {
				args.Want = want
				sink := new(memSink)
				_, err := get(o, sink, args)
				is.Equal(problem(is, err).Step, download.StepCheck)
				is.True(name == "sum" || errors.Is(err, download.ErrWant))
				is.Equal(sink.opened, false)
				is.Equal(len(o.asks), 1)
			})
		})
	}
	served(t, func(a *ask) reply { return reply{text: v.serve(a), cut: -1} }, func(is *is.I, o *origin, args *download.Args) {
		sum := sha256.Sum256([]byte(v.body))
		args.Want = download.Want{Size: 1_000, MinSize: 1_000, MaxSize: 1_000, MediaType: "Text/HTML", From: func(*zreq.Response) ([]byte, error) { return sum[:], nil }}
		res, err := get(o, new(memSink), args)
		is.NoErr(err)
		is.Equal(string(res.SHA256), string(sum[:]))
	})
}
