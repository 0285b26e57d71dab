package zreq_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// uses are the ways of taking a body, each made with as little as it can be.
var uses = map[string]struct {
	use     func(*zreq.Response) error
	content bool
}{
	"Read":    {func(r *zreq.Response) error { _, err := r.Read(make([]byte, 1)); return err }, false},
	"ReadN":   {func(r *zreq.Response) error { _, err := r.ReadN(1); return err }, false},
	"WriteTo": {func(r *zreq.Response) error { _, err := r.WriteTo(io.Discard); return err }, false},
	"SaveTo":  {func(r *zreq.Response) error { _, err := r.SaveTo(io.Discard, make([]byte, 5)); return err }, false},
	"Chunks": {func(r *zreq.Response) error {
		for _, err := range r.Chunks(1) {
			return err
		}
		return io.EOF
	}, false},
	"Content": {func(r *zreq.Response) error { _, err := r.Content(); return err }, true},
	"Text":    {func(r *zreq.Response) error { _, err := r.Text(); return err }, true},
	"JSON":    {func(r *zreq.Response) error { var v any; return r.JSON(&v) }, true},
}

// origins are responses with the body "[1,2]", and how they came to be.
var origins = map[string]func(t *testing.T, peer *zreqtest.Peer) *zreq.Response{
	"Stream": func(t *testing.T, peer *zreqtest.Peer) *zreq.Response { return opened(t, zreq.Args{Driver: peer}) },
	"buffered": func(t *testing.T, peer *zreqtest.Peer) *zreq.Response {
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Headers: asks()})
		if err != nil {
			t.Fatal(err)
		}
		return resp
	},
}

// testPullExclusive: a body is read, or it is content: the second kind is told so.
func testPullExclusive(t *testing.T) {
	for from, source := range origins {
		for first, one := range uses {
			for second, other := range uses {
				t.Run(from+"/"+first+", "+second, func(t *testing.T) {
					is := is.New(t)
					peer := answers(t, byLength("[1,2]"))
					resp := source(t, peer)
					is.NoErr(one.use(resp))
					err := other.use(resp)
					switch {
					case one.content != other.content:
						is.True(errors.Is(err, zreq.ErrBodyConsumed)) // one way or the other
						is.True(errors.Is(other.use(resp), zreq.ErrBodyConsumed))
						if one.content {
							is.NoErr(one.use(resp)) // the first way goes on
						}
					case one.content:
						is.NoErr(err) // again and again
					}
					letGo(is, resp, peer)
				})
			}
		}
	}
}

// testPullConsumed: a body that somebody else had, or that did not come yet, is
// not there to be read.
func testPullConsumed(t *testing.T) {
	reads := func(t *testing.T, resp *zreq.Response) {
		for name, kind := range uses {
			if kind.content {
				continue
			}
			if err := kind.use(resp); !errors.Is(err, zreq.ErrBodyConsumed) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	t.Run("a callback had it", func(t *testing.T) {
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: answers(t, byLength("hello")), StreamCallback: new(sink).take})
		is := is.New(t)
		is.NoErr(err)
		reads(t, resp)
		is.Equal(content(is, resp), "hello") // the last chunk is there all the same
	})
	for _, end := range []error{nil, zreq.ErrStop, errFull} {
		for _, stream := range []bool{true, false} {
			t.Run(fmt.Sprint("OnHead/", end, "/", stream), func(t *testing.T) {
				is := is.New(t)
				peer := answers(t, byLength("hello"))
				resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Stream: stream, OnHead: func(r *zreq.Response) error {
					reads(t, r) // it has not come
					is.NoErr(r.Close())
					return end
				}})
				is.Equal(errors.Is(err, errFull), end == errFull)
				switch end {
				case nil:
					is.Equal(content(is, resp), "hello") // untouched by what OnHead tried
				case zreq.ErrStop:
					reads(t, resp) // it will not come
				default:
					for name, kind := range uses {
						is.True(kind.use(resp) != nil || name == "Chunks" || name == "ReadN") // nor be taken for empty
					}
				}
				is.NoErr(resp.Close())
				is.Equal(peer.Open(), 0)
			})
		}
	}
	t.Run("ErrStop of a writer", func(t *testing.T) {
		is := is.New(t)
		peer := answers(t, byLength("hello"))
		resp := opened(t, zreq.Args{Driver: peer})
		_, err := resp.WriteTo(writer(func([]byte) (int, error) { return 0, zreq.ErrStop }))
		is.NoErr(err)
		reads(t, resp) // the caller has said that it is enough
		closed(is, peer, resp, zreq.CloseStopped)
	})
	t.Run("Close", func(t *testing.T) {
		is := is.New(t)
		peer := answers(t, byLength("hello"))
		resp := opened(t, zreq.Args{Driver: peer})
		is.NoErr(resp.Close())
		reads(t, resp)
		letGo(is, resp, peer)
	})
}

// writer is a function that writes.
type writer func(p []byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

// testPullContent: content is read once, kept, and given again and again.
func testPullContent(t *testing.T) {
	for _, f := range framings {
		for from, source := range origins {
			t.Run(f.name+"/"+from, func(t *testing.T) {
				is := is.New(t)
				peer := ends(t, f.wire(`{"a":[1,2]}`))
				resp := source(t, peer)
				first, err := resp.Content()
				is.NoErr(err)
				for range 2 {
					var v struct{ A []int }
					is.NoErr(resp.JSON(&v))
					is.Equal(v.A, []int{1, 2})
					text, err := resp.Text()
					is.NoErr(err)
					is.Equal(text, `{"a":[1,2]}`)
					again, err := resp.Content()
					is.NoErr(err)
					is.True(&again[0] == &first[0]) // the same memory, and read once
					is.Equal(resp.Complete(), !f.ends)
					is.NoErr(resp.Close()) // what was read already stays
				}
				letGo(is, resp, peer)
			})
		}
	}
	for name, tt := range map[string]struct {
		body string
		ok   bool
	}{
		"a value":              {`[1]`, true},
		"white space":          {" [1]\r\n\t ", true},
		"a byte behind it":     {`[1]x`, false},
		"another one":          {`[1][2]`, false},
		"cut":                  {`[1`, false},
		"nothing":              {``, false},
		"no value":             {`hello`, false},
		"a brace too much":     {`{"a":1}}`, false},
		"NUL behind it":        {"[1]\x00", false},
		"a mark of byte order": {"\ufeff[1]", true},
	} {
		for from, source := range origins {
			t.Run("JSON/"+name+"/"+from, func(t *testing.T) {
				is := is.New(t)
				peer := answers(t, byLength(tt.body))
				resp := source(t, peer)
				var v any
				is.Equal(resp.JSON(&v) == nil, tt.ok) // one value and nothing else
				is.Equal(content(is, resp), tt.body)  // the text is there in either case
				letGo(is, resp, peer)
			})
		}
	}
}

// testPullLimit: what is held in memory has its limit in pull mode, too, whatever
// the framing; what is only passed on has none.
func testPullLimit(t *testing.T) {
	const limit = 5000
	for _, f := range framings {
		for _, length := range []int{limit - 1, limit, limit + 1, 20_000} {
			for way, take := range ways {
				t.Run(fmt.Sprint(f.name, "/", length, "/", way), func(t *testing.T) {
					is := is.New(t)
					body := numbered(length)
					peer := ends(t, f.wire(body))
					resp := opened(t, zreq.Args{Driver: peer, AllowUnframed: true, Limits: zreq.Limits{Content: limit}})
					got, err := take(resp)
					if length <= limit || !isContent(way) && way != "ReadN(0)" {
						is.NoErr(err) // the limit itself is allowed
						is.True(got == body)
						letGo(is, resp, peer)
						return
					}
					is.True(errors.Is(err, zreq.ErrTooLarge))
					is.True(strings.Contains(err.Error(), "Limits.Content")) // which one
					is.Equal(failure(is, err).Phase, zreq.PhaseBody)
					is.True(got == body[:len(got)])
					if isContent(way) {
						is.Equal(len(got), limit) // no more is held than it says
					}
					closed(is, peer, resp, zreq.CloseFailed)
					_, again := take(resp)
					is.True(errors.Is(again, zreq.ErrTooLarge)) // it stays too large
				})
			}
		}
	}
	t.Run("the default", func(t *testing.T) {
		is := is.New(t)
		body := strings.Repeat("x", 1<<20)
		resp := opened(t, zreq.Args{Driver: ends(t, byLength(body))})
		is.True(content(is, resp) == body)
		resp = opened(t, zreq.Args{Driver: ends(t, byLength(body+"x"))})
		_, err := resp.Content()
		is.True(errors.Is(err, zreq.ErrTooLarge)) // 1 MiB
	})
}

// TestPullPage: the page of an error is content like any other; one that is too
// long is cut, says so, and hides no status.
func TestPullPage(t *testing.T) {
	for _, tt := range []struct {
		status, length int
		cut            bool
		why            zreq.CloseReason
	}{
		{404, 100, false, zreq.CloseNone},
		{404, 101, true, zreq.CloseNone},
		{500, 4000, true, zreq.CloseNone},
		{500, 40_000, true, zreq.CloseUnread},
		{399, 101, true, zreq.CloseFailed},
	} {
		t.Run(fmt.Sprint(tt.status, "/", tt.length), func(t *testing.T) {
			is := is.New(t)
			body := numbered(tt.length)
			peer := answers(t, page(tt.status, body))
			resp := opened(t, zreq.Args{Driver: peer, MaxRedirects: -1, Limits: zreq.Limits{Content: 100}})
			is.Equal(resp.Status, tt.status)
			for range 2 {
				p, err := resp.Content()
				is.Equal(string(p), body[:100]) // what fits is kept
				is.Equal(errors.Is(err, zreq.ErrTooLarge), tt.cut)
			}
			is.Equal(resp.Complete(), !tt.cut)
			is.Equal(resp.CloseReason(), tt.why)
			letGo(is, resp, peer)
		})
	}
}

// testPullReadN: n bytes, fewer only at the end, and then io.EOF.
func testPullReadN(t *testing.T) {
	for _, f := range framings {
		t.Run(f.name, func(t *testing.T) {
			is := is.New(t)
			body := numbered(10_001)
			resp := opened(t, zreq.Args{Driver: ends(t, f.wire(body)), AllowUnframed: true})
			first, err := resp.ReadN(5000)
			is.NoErr(err)
			kept := bytes.Clone(first)
			second, err := resp.ReadN(5000)
			is.NoErr(err)
			is.True(bytes.Equal(first, kept)) // the slice is the caller's
			is.True(string(first)+string(second) == body[:10_000])
			last, err := resp.ReadN(5000)
			is.NoErr(err)
			is.Equal(string(last), body[10_000:]) // fewer at the end
			none, err := resp.ReadN(1)
			is.True(len(none) == 0 && err == io.EOF) // and then none
			none, err = resp.ReadN(0)
			is.True(len(none) == 0 && err == nil) // all that is left is nothing
			none, err = resp.ReadN(-1)
			is.True(len(none) == 0 && err == nil)
		})
	}
	for _, n := range []int{0, -1, -1 << 31} {
		is := is.New(t)
		resp := opened(t, zreq.Args{Driver: answers(t, byLength("hello"))})
		p, err := resp.ReadN(n)
		is.NoErr(err)
		is.Equal(string(p), "hello") // all the rest
	}
	t.Run("too many", func(t *testing.T) {
		is := is.New(t)
		peer := answers(t, byLength("hello"))
		resp := opened(t, zreq.Args{Driver: peer})
		_, err := resp.ReadN(64<<20 + 1)
		is.True(err != nil && !errors.Is(err, io.EOF)) // is a mistake
		p, err := resp.ReadN(64 << 20)
		is.NoErr(err) // and costs nothing
		is.Equal(string(p), "hello")
		letGo(is, resp, peer)
	})
}
