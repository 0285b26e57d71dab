package gzip_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

func testBomb(t *testing.T) {
	zeros := strings.Repeat("\x00", 8<<20)
	for name, tt := range map[string]struct {
		coding, body string
		limits       zreq.Limits
		want         string
	}{
		"too much of little":      {"gzip", gzipped(9, zeros), zreq.Limits{Content: 1 << 30}, "Limits.Ratio"},
		"of what is coded twice":  {"gzip, gzip", gzipped(9, gzipped(9, zeros)), zreq.Limits{Content: 1 << 30}, "Limits.Ratio"},
		"of deflate":              {"deflate", zlibbed(9, zeros), zreq.Limits{Content: 1 << 30}, "Limits.Ratio"},
		"too much in all":         {"gzip", gzipped(9, far), zreq.Limits{Decoded: int64(len(far)) - 1}, "Limits.Decoded"},
		"too much, and too large": {"gzip", gzipped(9, zeros), zreq.Limits{Decoded: 1 << 20, Content: 1 << 30, Ratio: 1 << 40}, "Limits.Decoded"},
	} {
		t.Run(name, func(t *testing.T) {
			eachUse(t, func(t *testing.T, use use) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Send(answer(tt.coding, "length", tt.body))})
				got, resp, err := use(t, zreq.Args{Driver: peer, Limits: tt.limits})
				is.True(errors.Is(err, zreq.ErrTooLarge))       // a limit holds in every mode
				is.True(strings.Contains(err.Error(), tt.want)) // and says which it is
				is.True(!resp.Complete())
				is.True(int64(len(got)) <= max(tt.limits.Decoded, 2<<20)) // it holds when it is passed, not at the end
				is.Equal(peer.Open(), 0)                                  // the connection went with it
			})
		})
	}
}

// testRatio: Limits.Ratio is the caller's, from a mebibyte on.
func testRatio(t *testing.T) {
	zeros := strings.Repeat("\x00", 2<<20)
	for ratio, fits := range map[int64]bool{1 << 20: true, 2: false} {
		is := is.New(t)
		peer := serve(t, answer("gzip", "length", gzipped(9, zeros)))
		_, err := zreq.Get(context.Background(), "http://device.test/", &zreq.Args{Driver: peer, Limits: zreq.Limits{Ratio: ratio, Content: 4 << 20}})
		is.Equal(err == nil, fits)
		is.True(fits || errors.Is(err, zreq.ErrTooLarge))
	}
	is := is.New(t)
	page := strings.Replace(answer("gzip", "length", gzipped(9, zeros)), "200 OK", "404 Not Found", 1)
	resp, err := zreq.Get(context.Background(), "http://device.test/", &zreq.Args{Driver: serve(t, page), Limits: zreq.Limits{Ratio: 2, Content: 4 << 20}})
	is.NoErr(err) // an error page is cut, so that it does not hide the status
	is.Equal(resp.Status, 404)
	_, err = resp.Content()
	is.True(errors.Is(err, zreq.ErrTooLarge))
}

// Limits.Body bounds what comes out, too.
func TestBodyLimit(t *testing.T) {
	eachUse(t, func(t *testing.T, use use) {
		for limit, fits := range map[int64]bool{int64(len(text)): true, int64(len(text)) - 1: false, 1: false} {
			is := is.New(t)
			got, _, err := use(t, zreq.Args{Driver: serve(t, answer("gzip", "chunked", gzipped(-1, text))), Limits: zreq.Limits{Body: limit}})
			is.Equal(err == nil, fits)
			is.True(fits || errors.Is(err, zreq.ErrTooLarge) && int64(len(got)) <= limit)
		}
	})
}

// Limits.Body bounds what arrives as well: of many bytes a coding can make none.
func TestBodyLimitOfNothing(t *testing.T) {
	nothing := strings.Repeat(gzipped(-1, ""), 1000)
	eachUse(t, func(t *testing.T, use use) {
		is := is.New(t)
		got, _, err := use(t, zreq.Args{Driver: serve(t, answer("gzip", "chunked", nothing)), Limits: zreq.Limits{Body: 1000}})
		is.True(errors.Is(err, zreq.ErrTooLarge) && strings.Contains(err.Error(), "Limits.Body"))
		is.Equal(got, "")
	})
}

// What is held in memory is bounded by what arrives, too. An error page is cut.
func TestContentOfNothing(t *testing.T) {
	page := gzipped(-1, "the page") + strings.Repeat(gzipped(-1, ""), 1000)
	for limit, limits := range map[string]zreq.Limits{"Limits.Content": {Content: 2000, ReadBuffer: 512}, "Limits.Body": {Content: math.MaxInt64, Body: 3000, ReadBuffer: 512}} {
		for framing := range framings {
			for _, name := range []string{"content", "stream, content"} {
				is := is.New(t)
				for status, want := range map[string]string{"200 OK": "", "404 Not Found": "the page"} {
					peer := serve(t, strings.Replace(answer("gzip", framing, page), "200 OK", status, 1))
					got, resp, err := uses[name](t, zreq.Args{Driver: peer, Limits: limits, AllowUnframed: true})
					is.True(errors.Is(err, zreq.ErrTooLarge) && strings.Contains(err.Error(), limit))
					is.Equal(resp.Reason(), status[4:])
					is.True(want == "" || got == want)
					is.True(!resp.Complete() && peer.Open() == 0)
				}
			}
		}
	}
}

// A limit is for what is more, and not for what is as much.
func TestBombNot(t *testing.T) {
	eachUse(t, func(t *testing.T, use use) {
		is := is.New(t)
		peer := serve(t, answer("gzip", "length", gzipped(9, far)))
		got, _, err := use(t, zreq.Args{Driver: peer, Limits: zreq.Limits{Decoded: int64(len(far)), Content: int64(len(far))}})
		is.NoErr(err)
		is.True(got == far)
		zeros := strings.Repeat("\x00", 1<<20)
		got, _, err = use(t, zreq.Args{Driver: serve(t, answer("gzip", "length", gzipped(9, zeros)))})
		is.NoErr(err) // a mebibyte of nothing is no bomb yet
		is.True(got == zeros)
	})
}

func testContentLimit(t *testing.T) {
	for _, name := range []string{"content", "stream, content"} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := serve(t, answer("gzip", "length", gzipped(9, far)))
			_, resp, err := uses[name](t, zreq.Args{Driver: peer, Limits: zreq.Limits{Content: 1000}})
			is.True(errors.Is(err, zreq.ErrTooLarge))                // what is held in memory is what was decoded
			is.True(strings.Contains(err.Error(), "Limits.Content")) // whatever its Content-Length says
			is.True(!resp.Complete())
		})
	}
}
