package download_test

import (
	"crypto/sha256"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

// testRetries: attempts that add nothing are limited and wait longer and longer; those that
// add something are not.
func testRetries(t *testing.T) {
	down := func(a *ask) reply { return reply{text: "HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n", cut: -1} }
	served(t, down, func(is *is.I, o *origin, args *download.Args) {
		args.Retry = download.Retry{Attempts: 5}
		sink := new(memSink)
		began := time.Now()
		_, err := get(o, sink, args)
		is.True(errors.Is(err, zreq.ErrOutOfRetries))
		is.True(errors.Is(err, zreq.ErrStatus))
		is.True(problem(is, err).Resumable)
		is.Equal(len(o.asks), 5)
		is.True(time.Since(began) <= 15*time.Second) // 1 + 2 + 4 + 8
		sink.reboot()
		_, err = get(o, sink, args)
		is.True(errors.Is(err, zreq.ErrOutOfRetries))
		is.Equal(len(o.asks), 10) // who calls again has new attempts
	})
	served(t, cutEvery(version(400_000, `"7"`), 20_000), func(is *is.I, o *origin, args *download.Args) {
		args.Retry.Attempts = -1
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

// testServerThatCannotDoRanges: what is longer than its Content-Range, or begins elsewhere,
// is never mixed with what the sink has. The server is asked once more, without a Range.
func testServerThatCannotDoRanges(t *testing.T) {
	v := version(50_000, `"7"`)
	long := func(a *ask) string {
		text := strings.Replace(v.serve(a), "Content-Length: 20000", "Transfer-Encoding: chunked", 1)
		head, body, _ := strings.Cut(text, "\r\n\r\n")
		return head + "\r\n\r\n4e21\r\n" + body + "!\r\n0\r\n\r\n"
	}
	for name, bad := range map[string]func(a *ask) string{
		"too long":  long,
		"elsewhere": func(a *ask) string { return v.part(a.from+1, -1) },
	} {
		t.Run(name, func(t *testing.T) {
			served(t, func(a *ask) reply {
				switch a.k {
				case 1:
					return cutEvery(v, 30_000)(a)
				case 2:
					return reply{text: bad(a), cut: -1}
				}
				return reply{text: v.serve(a), cut: -1}
			}, func(is *is.I, o *origin, args *download.Args) {
				sink := new(memSink)
				res, err := get(o, sink, args)
				is.NoErr(err)
				is.True(string(sink.target) == v.body)
				is.Equal(o.asks[2].from, int64(-1))
				is.Equal(res.Restarts, 1)
				is.Equal(sink.broken, nil)
			})
		})
	}
}

// testSkip: of a 200 in answer to a Range, what the sink has is compared and not written
// again. If it differs, the job begins anew at once.
func testSkip(t *testing.T) {
	v := version(50_000, `"7"`)
	sum := sha256.Sum256([]byte(v.body))
	for name, same := range map[string]bool{"same": true, "another": false} {
		t.Run(name, func(t *testing.T) {
			served(t, func(a *ask) reply {
				w := *v
				if a.k == 1 && !same {
					w.body = "!" + v.body[1:]
				}
				if a.k == 1 {
					return cutEvery(&w, 30_000)(a)
				}
				return reply{text: v.whole(), cut: -1}
			}, func(is *is.I, o *origin, args *download.Args) {
				args.Want.SHA256 = sum[:]
				var why error
				sink := new(memSink)
				args.OnRestart = func(reason error) error {
					why = reason
					is.Equal(len(sink.bytes), 30_000) // nothing was written behind what differs
					return nil
				}
				res, err := get(o, sink, args)
				is.NoErr(err)
				is.True(string(sink.target) == v.body)
				is.Equal(why == nil, same)
				is.Equal(res.Restarts == 0, same)
			})
		})
	}
}

// testServersThatMisuseRange: what is wrong about the answer to a Range costs a request, and
// neither the content nor what the sink has. A part under the status 200 is never taken for the
// whole.
func testServersThatMisuseRange(t *testing.T) {
	v := version(50_000, `"7"`)
	part := func(a *ask) string {
		return strings.Replace(v.part(a.from, a.until), "206 Partial Content", "200 OK", 1)
	}
	without := func(field, text string) string {
		before, after, _ := strings.Cut(text, field)
		_, after, _ = strings.Cut(after, "\r\n")
		return before + after
	}
	for name, tt := range map[string]struct {
		ranged   func(a *ask) string // answer to a Range
		set      func(args *download.Args)
		restarts int
	}{
		"a part as a 200":                  {part, nil, 0},
		"the same, where a size is wanted": {part, func(a *download.Args) { a.Want.Size = 50_000 }, 0},
		"the first part as a 200":          {part, func(a *download.Args) { a.PartSize = 10_000 }, 0},
		"the same, until close":            {func(a *ask) string { return without("Content-Length: ", part(a)) }, nil, 0},
		"without Content-Range":            {func(a *ask) string { return without("Content-Range: ", part(a)) }, nil, 0},
		"412":                              {func(*ask) string { return status("412 Changed").text }, nil, 0},
		"501 to a Range of all parts":      {func(*ask) string { return status("501 No").text }, func(a *download.Args) { a.PartSize = 10_000 }, 0},
		"a 206 of all":                     {func(*ask) string { return v.part(0, -1) }, nil, 1},
	} {
		t.Run(name, func(t *testing.T) {
			served(t, func(a *ask) reply {
				switch {
				case a.from >= 0:
					return reply{text: tt.ranged(a), cut: -1, close: true}
				case a.k == 1:
					return cutEvery(v, 30_000)(a)
				case name == "a 206 of all": // it has no other answer
					return reply{text: v.part(0, -1), cut: -1}
				}
				return reply{text: v.whole(), cut: -1}
			}, func(is *is.I, o *origin, args *download.Args) {
				if tt.set != nil {
					tt.set(args)
				}
				sink := new(memSink)
				res, err := get(o, sink, args)
				is.NoErr(err)
				is.True(string(sink.target) == v.body)
				is.Equal(res.Restarts, tt.restarts)
				is.True(len(o.asks) <= 3)
				is.Equal(sink.broken, nil)
			})
		})
	}
}

// testPartThatACacheKeeps: a part that is sent to everybody is not the content, and may be gone
// later.
func testPartThatACacheKeeps(t *testing.T) {
	v := version(50_000, `"7"`)
	served(t, func(*ask) reply {
		return reply{text: strings.Replace(v.part(0, 30_000), "206 Partial Content", "200 OK", 1), cut: -1}
	}, func(is *is.I, o *origin, args *download.Args) {
		sink := new(memSink)
		_, err := get(o, sink, args)
		is.True(errors.Is(err, zreq.ErrOutOfRetries))
		is.True(problem(is, err).Resumable)
		is.True(!sink.opened) // it is untouched
	})
}

// testNamesOfManyServers: servers that each have their own ETag for the same bytes do not end a
// job that has the digest, however often the link breaks.
func testNamesOfManyServers(t *testing.T) {
	v := version(100_000, "")
	served(t, func(a *ask) reply {
		w := thing{body: v.body, etag: `"` + strconv.Itoa(a.k) + `"`}
		return cutEvery(&w, 30_000+a.k*10_000)(a)
	}, func(is *is.I, o *origin, args *download.Args) {
		sum := sha256.Sum256([]byte(v.body))
		args.Want.SHA256 = sum[:]
		sink := new(memSink)
		res, err := get(o, sink, args)
		is.NoErr(err)
		is.True(string(sink.target) == v.body)
		is.Equal(res.Restarts, 3)
		is.Equal(len(o.asks), 7)
		is.Equal(sink.broken, nil)
	})
}
