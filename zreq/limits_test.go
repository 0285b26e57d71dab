package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/wire"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// testLimits: everything a peer can make large has a limit, in every mode. What
// is just within it passes; a byte more is ErrTooLarge and closes.
func testLimits(t *testing.T) {
	pad := func(n int) string { return strings.Repeat("x", n) }
	head := func(n int) string {
		const empty = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: \r\n\r\n"
		return strings.Replace(empty, "X: ", "X: "+pad(n-len(empty)), 1) + "hi"
	}
	fields := func(n int) string {
		return "HTTP/1.1 200 OK\r\n" + strings.Repeat("X: y\r\n", n-1) + "Content-Length: 2\r\n\r\nhi"
	}
	informational := func(n int) string {
		return strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", n) + page(200, "hi")
	}
	chunkLine := func(n int) string {
		return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nh\r\n1;" + pad(n-4) + "\r\ni\r\n0\r\n\r\n"
	}
	trailers := func(n int) string {
		return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX: " + pad(n-len("X: \r\n\r\n")) + "\r\n\r\n"
	}
	trailerFields := func(n int) string {
		return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n" + strings.Repeat("X: y\r\n", n) + "\r\n"
	}
	for name, tt := range map[string]struct {
		limits   zreq.Limits
		at       int // the limit
		wire     func(n int) string
		rule     error
		received int64
	}{
		"head":                    {zreq.Limits{HeadBytes: 300}, 300, head, wire.ErrHeadTooLarge, 0},
		"head, by default":        {zreq.Limits{}, 16 << 10, head, wire.ErrHeadTooLarge, 0},
		"head, small buffer":      {zreq.Limits{HeadBytes: 5000, ReadBuffer: 64}, 5000, head, wire.ErrHeadTooLarge, 0},
		"fields":                  {zreq.Limits{Fields: 5}, 5, fields, wire.ErrTooManyFields, 0},
		"fields, by default":      {zreq.Limits{}, 128, fields, wire.ErrTooManyFields, 0},
		"1xx":                     {zreq.Limits{Informational: 2}, 2, informational, wire.ErrTooManyInformational, 0},
		"1xx, by default":         {zreq.Limits{}, 8, informational, wire.ErrTooManyInformational, 0},
		"chunk line":              {zreq.Limits{ChunkLine: 50}, 50, chunkLine, wire.ErrChunkLineTooLong, 1},
		"chunk line, by default":  {zreq.Limits{}, 1 << 10, chunkLine, wire.ErrChunkLineTooLong, 1},
		"trailers":                {zreq.Limits{TrailerBytes: 100}, 100, trailers, wire.ErrTrailersTooLarge, 2},
		"trailers, by default":    {zreq.Limits{}, 4 << 10, trailers, wire.ErrTrailersTooLarge, 2},
		"trailers, small buffer":  {zreq.Limits{ReadBuffer: 64}, 4 << 10, trailers, wire.ErrTrailersTooLarge, 2},
		"trailer fields":          {zreq.Limits{Fields: 3}, 3, trailerFields, wire.ErrTooManyFields, 2},
		"trailer fields, default": {zreq.Limits{}, 128, trailerFields, wire.ErrTooManyFields, 2},
	} {
		for _, mode := range []string{"content", "callback", "any status", "DropHead"} {
			t.Run(name+"/"+mode, func(t *testing.T) {
				is := is.New(t)
				args := zreq.Args{Limits: tt.limits, Headers: asks(), DropHead: mode == "DropHead"}
				s := new(sink)
				if mode == "callback" || mode == "any status" {
					args.StreamCallback, args.StreamAnyStatus = s.take, mode == "any status"
				}
				args.Driver = answers(t, tt.wire(tt.at))
				resp, err := zreq.Get(context.Background(), site, &args)
				is.NoErr(err) // at the limit
				is.Equal(content(is, resp), "hi")
				is.NoErr(resp.Connection.Close())

				peer := answers(t, tt.wire(tt.at+1))
				args.Driver = peer
				resp, err = zreq.Get(context.Background(), site, &args)
				is.True(errors.Is(err, zreq.ErrTooLarge)) // beyond it
				is.True(errors.Is(err, tt.rule))          // the limit is named
				is.True(errors.Is(err, zreq.ErrResponse)) // it is the peer's doing
				is.Equal(failure(is, err).Received, tt.received)
				is.Equal(peer.Open(), 0) // the connection is closed
				is.Equal(resp == nil, tt.received == 0)
			})
		}
	}
}

// testLimitsOfContent: a body that is buffered has a limit, known in advance or
// not, and the error names it and the way around it.
func testLimitsOfContent(t *testing.T) {
	for _, f := range framings {
		t.Run(f.name, func(t *testing.T) {
			is := is.New(t)
			body := numbered(5000)
			args := zreq.Args{Limits: zreq.Limits{Content: 5000}}
			args.Driver = ends(t, f.wire(body))
			resp, err := zreq.Get(context.Background(), site, &args)
			is.NoErr(err) // at the limit
			is.Equal(content(is, resp), body)

			peer := ends(t, f.wire(body+"x"))
			args.Driver = peer
			resp, err = zreq.Get(context.Background(), site, &args)
			is.True(errors.Is(err, zreq.ErrTooLarge)) // beyond it
			for _, word := range []string{"Limits.Content", "StreamCallback"} {
				is.True(strings.Contains(err.Error(), word)) // the limit, and the cure
			}
			is.True(!errors.Is(err, zreq.ErrResponse)) // the peer has done nothing wrong
			_, cut := resp.Content()
			is.True(errors.Is(cut, zreq.ErrTooLarge)) // the content is not whole
			closed(is, peer, resp, zreq.CloseFailed)

			s := new(sink)
			args.Driver, args.StreamCallback, args.AllowUnframed = ends(t, f.wire(body+"x")), s.take, true
			_, err = zreq.Get(context.Background(), site, &args)
			is.NoErr(err) // a callback takes any length
			is.Equal(len(s.body), 5001)
		})
	}
	t.Run("by default 1 MiB", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, answering(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", 1<<20+1)))
		_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer})
		is.True(errors.Is(err, zreq.ErrTooLarge)) // a length that is known is refused at once
		is.Equal(failure(is, err).Received, int64(0))
	})
	t.Run("on the peer's word alone", func(t *testing.T) {
		is := is.New(t)
		peer := ends(t, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nhi")
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer})
		is.True(errors.Is(err, zreq.ErrTruncated))
		p, _ := resp.Content()
		is.Equal(string(p), "hi")
		is.True(cap(p) <= 64<<10) // a length costs the peer nothing, so it buys little
	})
	t.Run("into a small Content again", func(t *testing.T) {
		is := is.New(t)
		var into zreq.Response
		_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: ends(t, byLength(numbered(5000))), Into: &into})
		is.NoErr(err)
		_, err = zreq.Get(context.Background(), site, &zreq.Args{Driver: ends(t, byLength("hello")), Into: &into, Limits: zreq.Limits{Content: 4}})
		is.True(errors.Is(err, zreq.ErrTooLarge)) // the memory that is there is no licence
	})
}
