package download_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"

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
