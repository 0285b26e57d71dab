package download_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

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
		is.True(sink.target != nil && len(sink.target) == 0) // empty content is content
	})
}

// links is a driver with two links, the first of which is suspected of what the job tells.
type links struct {
	*origin
	suspected []string
}

func (l *links) Suspect(link string) {
	l.suspected = append(l.suspected, link)
}

func (l *links) DialPath(ctx context.Context, network, address string, _ bool) (netdriver.Conn, *netdriver.Path, error) {
	c, err := l.Dial(ctx, network, address)
	return c, &netdriver.Path{Link: []string{"wire", "modem"}[min(1, len(l.suspected))]}, err
}

// testLinks: a stall and a break are told to the driver, and the job goes on over the link that
// it gives then. What the server closes, and what it says wrong, is not told.
func testLinks(t *testing.T) {
	v := version(50_000, `"7"`)
	half := cutEvery(v, 30_000)
	whole := reply{text: v.part(30_000, -1), cut: -1}
	for name, tt := range map[string]struct {
		replies   []reply
		suspected []string
	}{
		"cut":      {[]reply{half(&ask{from: -1}), whole}, nil},
		"stall":    {[]reply{{text: half(&ask{from: -1}).text, cut: half(&ask{from: -1}).cut, stall: true}, whole}, []string{"wire"}},
		"reset":    {[]reply{{text: half(&ask{from: -1}).text, cut: half(&ask{from: -1}).cut, reset: true}, whole}, []string{"wire"}},
		"no head":  {[]reply{half(&ask{from: -1}), {cut: -1, stall: true}, whole}, []string{"wire"}},
		"no HTTP":  {[]reply{half(&ask{from: -1}), {text: "SSH-2.0-x\r\n", cut: -1, close: true}, whole}, nil},
		"half one": {[]reply{half(&ask{from: -1}), {text: "HTTP/1.1 2", cut: -1, close: true}, whole}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			served(t, func(a *ask) reply { return tt.replies[a.k-1] }, func(is *is.I, o *origin, args *download.Args) {
				d := &links{origin: o}
				args.Call.Driver = d
				sink := new(memSink)
				var last download.Progress
				args.Progress = func(p download.Progress) { last = p }
				res, err := get(o, sink, args)
				is.NoErr(err)
				is.True(string(sink.target) == v.body)
				is.Equal(d.suspected, tt.suspected)
				over := []string{"wire", "modem"}[:1+len(tt.suspected)]
				is.Equal(res.Links, over)
				is.Equal(last.Link, over[len(over)-1])
				is.Equal(o.asks[1].from, int64(30_000)) // from the next byte
			})
		})
	}
}

// tardy is a context that does not know yet that its deadline has passed.
type tardy struct {
	context.Context
	by time.Time
}

func (t tardy) Deadline() (time.Time, bool) { return t.by, true }

// testOwnDeadline: the deadline of the caller says nothing about the link, and ends the job. It
// ends the connection as well, in the head or in the body, and that may be before the context ends.
func testOwnDeadline(t *testing.T) {
	v := version(50_000, `"7"`)
	for name, said := range map[string]int{"head": 0, "body": 30_000} {
		t.Run(name, func(t *testing.T) {
			served(t, func(a *ask) reply { return reply{text: v.whole()[:said], cut: -1, stall: true} }, func(is *is.I, o *origin, args *download.Args) {
				d := &links{origin: o}
				args.Call.Driver = d
				ctx := tardy{context.Background(), time.Now().Add(time.Second)}
				_, err := download.Get(ctx, image, new(memSink), args)
				is.True(errors.Is(err, context.DeadlineExceeded))
				is.True(problem(is, err).Resumable)
				is.Equal(len(d.suspected), 0)
				is.Equal(len(o.asks), 1) // there is no time for another attempt
			})
		})
	}
}

// testCoding: a coded body is not the content, unless AllowEncoded says so. Then the coded
// bytes are the content, and are resumed if the coding is the same.
func testCoding(t *testing.T) {
	v := version(50_000, `"7"`)
	v.extra = "Content-Encoding: gzip\r\n"
	for name, allowed := range map[string]bool{"refused": false, "allowed": true} {
		t.Run(name, func(t *testing.T) {
			served(t, cutEvery(v, 30_000), func(is *is.I, o *origin, args *download.Args) {
				args.Call.AllowEncoded = allowed
				sink := new(memSink)
				res, err := get(o, sink, args)
				if !allowed {
					is.True(errors.Is(err, zreq.ErrEncoded))
					is.Equal(sink.opened, false)
					return
				}
				is.NoErr(err)
				is.True(string(sink.target) == v.body)
				is.Equal(len(o.asks), 2)
				is.Equal(res.Restarts, 0)
			})
		})
	}
	served(t, func(a *ask) reply {
		w := *v
		if a.k == 1 {
			w.extra = ""
		}
		return cutEvery(&w, 30_000)(a)
	}, func(is *is.I, o *origin, args *download.Args) {
		_, err := get(o, new(memSink), args)
		is.True(errors.Is(err, zreq.ErrEncoded))
		is.Equal(len(o.asks), 3) // in mid-way it is asked once more
	})
}

// testKey: two calls with the same Key are the same job, whatever their URLs are; another
// key is another job, and what the sink has is void.
func testKey(t *testing.T) {
	v := version(50_000, `"7"`)
	for name, tt := range map[string]struct {
		first, second, url string
		resumed            int64
	}{
		"another signature": {"", "", "http://fleet.test/image?signature=2", 30_000},
		"another path":      {"", "", "http://fleet.test/other", 0},
		"same key":          {"7", "7", "http://fleet.test/other", 30_000},
		"another key":       {"7", "8", image, 0},
	} {
		t.Run(name, func(t *testing.T) {
			served(t, func(a *ask) reply {
				if a.k == 2 {
					return reply{text: "HTTP/1.1 404 Gone\r\nContent-Length: 0\r\n\r\n", cut: -1}
				}
				return cutEvery(v, 30_000)(a)
			}, func(is *is.I, o *origin, args *download.Args) {
				sum := sha256.Sum256([]byte(v.body))
				args.Key, args.Want.SHA256 = tt.first, sum[:] // a validator does not count at another path
				sink := new(memSink)
				_, err := get(o, sink, args)
				is.True(err != nil)
				is.True(!strings.Contains(string(sink.record), "fleet.test")) // it is no secret that is kept
				sink.reboot()
				args.Key = tt.second
				res, err := download.Get(context.Background(), tt.url, sink, args)
				is.NoErr(err)
				is.Equal(res.Resumed, tt.resumed)
				is.True(string(sink.target) == v.body)
				is.Equal(sink.broken, nil)
			})
		})
	}
}

// testPanic: a callback that panics leaves neither a connection nor an open sink.
func testPanic(t *testing.T) {
	served(t, cutEvery(version(50_000, `"7"`), 30_000), func(is *is.I, o *origin, args *download.Args) {
		sink := new(memSink)
		args.BytesPerSecond = 10_000
		args.Progress = func(p download.Progress) {
			if p.Offset > 10_000 {
				panic("on purpose")
			}
		}
		func() {
			defer func() { is.Equal(recover(), "on purpose") }()
			_, _ = get(o, sink, args)
		}()
		is.True(sink.closed)
		is.Equal(sink.broken, nil)
	})
}
