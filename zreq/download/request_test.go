package download_test

import (
	"context"
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
		is.True(sink.target != nil && len(sink.target) == 0) // an empty thing is a thing
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
