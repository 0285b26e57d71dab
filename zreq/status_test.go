package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// page is a response with a length and any status.
func page(status int, body string) string {
	return fmt.Sprintf("HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%s", status, len(body), body)
}

// idle408 is what a server says as it gives up on an idle connection.
const idle408 = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 4\r\n\r\nlate"

// testStatus: to a GET a callback is given the body of a 200 or 203 and of no other
// status; the page of an error is kept as content, and the connection with it.
func testStatus(t *testing.T) {
	for _, status := range []int{200, 201, 202, 203, 207, 226, 299, 300, 301, 303, 305, 307, 399, 400, 401, 404, 416, 429, 499, 500, 503, 599, 600, 999} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			is := is.New(t)
			peer := answers(t, page(status, "hello"), byLength("next"))
			s := new(sink)
			resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Headers: asks(), StreamCallback: s.take})
			is.Equal(resp.Status, status) // the response is there in any case
			if status == 200 || status == 203 {
				is.NoErr(err)
				is.Equal(string(s.body), "hello")
			} else {
				is.True(errors.Is(err, zreq.ErrStatus)) // what cannot be the thing asked for
				is.Equal(len(s.sizes), 0)               // does not reach the callback
				is.True(strings.Contains(err.Error(), fmt.Sprint(status)))
				is.True(!zreq.SafeToRetry(err))
			}
			if status >= 400 {
				is.Equal(content(is, resp), "hello") // the page is kept
				is.Equal(failure(is, err).Received, int64(5))
				_, err := resp.Content()
				is.NoErr(err) // and it is whole
			}
			is.Equal(resp.CloseReason(), zreq.CloseNone) // a small page does not cost the connection
			next, err := zreq.Get(context.Background(), site, &zreq.Args{Connection: resp.Connection})
			is.NoErr(err)
			is.Equal(content(is, next), "next")
			is.NoErr(next.Connection.Close())
		})
	}
	t.Run("any status", func(t *testing.T) {
		for _, status := range []int{301, 404, 500, 206} {
			is := is.New(t)
			s := new(sink)
			resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: answers(t, page(status, "hello")), StreamAnyStatus: true, StreamCallback: s.take})
			is.NoErr(err) // as in Zerynth
			is.Equal(resp.Status, status)
			is.Equal(string(s.body), "hello")
		}
	})
	t.Run("without a callback", func(t *testing.T) {
		for _, status := range []int{206, 304, 404, 500} {
			is := is.New(t)
			resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: ends(t, page(status, "hello"))})
			is.NoErr(err) // a status is no error
			is.Equal(resp.Status, status)
		}
	})
}

// testStatusOtherMethods: other methods ask for something else, and any 2xx with
// content answers them.
func testStatusOtherMethods(t *testing.T) {
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "REPORT"} {
		for _, status := range []int{200, 201, 202, 203, 207, 208, 226, 299} {
			is := is.New(t)
			s := new(sink)
			_, err := zreq.Do(context.Background(), method, site, &zreq.Args{Driver: answers(t, page(status, "hello")), StreamCallback: s.take})
			is.NoErr(err)
			is.Equal(string(s.body), "hello")
		}
	}
}

// testStatusOfAGetInsteadOfAPost: after a redirect that makes a GET of a POST the rules
// are those of GET.
func testStatusOfAGetInsteadOfAPost(t *testing.T) {
	is := is.New(t)
	peer := answers(t, "HTTP/1.1 303 See Other\r\nLocation: /job\r\nContent-Length: 0\r\n\r\n", page(202, "wait"))
	resp, err := zreq.Post(context.Background(), site, &zreq.Args{
		Driver: peer, Headers: asks(), StreamCallback: func([]byte) error { panic("called") },
	})
	is.True(errors.Is(err, zreq.ErrStatus))
	is.Equal(resp.Status, 202)
	is.NoErr(resp.Connection.Close())
}

// testStatusPage: an error page is kept within Limits.Content and never hides
// the status.
func testStatusPage(t *testing.T) {
	long := numbered(20 << 10)
	chunked := "HTTP/1.1 404 X\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks(long) + "0\r\n\r\n"
	for name, tt := range map[string]struct {
		wire string
		ends bool
		want string
		err  error
		why  zreq.CloseReason
	}{
		"at the limit":         {page(404, long[:50]), false, long[:50], nil, zreq.CloseNone},
		"over it":              {page(404, long), false, long[:50], zreq.ErrTooLarge, zreq.CloseUnread},
		"chunked, over it":     {chunked, false, long[:50], zreq.ErrTooLarge, zreq.CloseUnread},
		"until close":          {"HTTP/1.1 500 X\r\n\r\nhello", true, "hello", nil, zreq.CloseUnframed},
		"until close, over it": {"HTTP/1.1 500 X\r\n\r\n" + long, true, long[:50], zreq.ErrTooLarge, zreq.CloseUnread},
		"cut short":            {"HTTP/1.1 500 X\r\nContent-Length: 9\r\n\r\nhello", true, "hello", zreq.ErrTruncated, zreq.CloseFailed},
		"malformed":            {"HTTP/1.1 500 X\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\nzz\r\n", false, "he", zreq.ErrResponse, zreq.CloseFailed},
		"empty":                {page(500, ""), false, "", nil, zreq.CloseNone},
	} {
		for _, callback := range []bool{true, false} {
			t.Run(fmt.Sprint(name, "/callback ", callback), func(t *testing.T) {
				is := is.New(t)
				steps := answering(tt.wire)
				if tt.ends {
					steps = append(steps, zreqtest.Close())
				}
				peer := zreqtest.NewPeer(t, steps)
				args := &zreq.Args{Driver: peer, Headers: asks(), Limits: zreq.Limits{Content: 50}}
				if callback {
					args.StreamCallback = func([]byte) error { panic("called") }
				}
				resp, err := zreq.Get(context.Background(), site, args)
				is.True(resp != nil && resp.Status >= 400) // the status is told
				p, cut := resp.Content()
				is.Equal(string(p), tt.want)                                   // what fits of the page
				is.True(tt.err == nil && cut == nil || errors.Is(cut, tt.err)) // and why it is not whole
				if callback {
					is.True(errors.Is(err, zreq.ErrStatus))
				} else if tt.err == nil || tt.err == zreq.ErrTooLarge {
					is.NoErr(err) // a cut page hides nothing
				} else {
					is.True(errors.Is(err, tt.err))
				}
				_, textErr := resp.Text()
				is.Equal(textErr, cut) // Text has the same doubts
				if tt.err != nil {
					is.True(resp.JSON(new(any)) != nil) // half a page is not decoded
				}
				if tt.why == zreq.CloseNone {
					is.NoErr(resp.Connection.Close())
					return
				}
				if callback || tt.err == nil || tt.err == zreq.ErrTooLarge {
					closed(is, peer, resp, tt.why)
				} else {
					closed(is, peer, resp, zreq.CloseFailed)
				}
			})
		}
	}
}

// TestStatusPageOfAStream: who streams has no memory for a large error page: of
// one that was not asked to be small, 8 KiB are kept.
func TestStatusPageOfAStream(t *testing.T) {
	long := numbered(20 << 10)
	for name, wire := range map[string]string{
		"length":         page(404, long),
		"a length ahead": "HTTP/1.1 404 X\r\nContent-Length: 1000000000\r\n\r\n" + long,
		"chunked":        "HTTP/1.1 404 X\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks(long) + "0\r\n\r\n",
		"until close":    "HTTP/1.1 404 X\r\n\r\n" + long,
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := ends(t, wire)
			resp, err := zreq.Get(context.Background(), site, &zreq.Args{
				Driver: peer, Headers: asks(), StreamCallback: func([]byte) error { panic("called") },
			})
			is.True(errors.Is(err, zreq.ErrStatus))
			is.Equal(resp.Status, 404) // the status is not hidden
			p, cut := resp.Content()
			is.Equal(string(p), long[:8<<10])            // the beginning is kept
			is.True(cap(p) <= 12<<10)                    // in little more than that
			is.True(errors.Is(cut, zreq.ErrTooLarge))    // and known to be cut
			is.True(failure(is, err).Received <= 24<<10) // the rest is not read
			closed(is, peer, resp, zreq.CloseUnread)
		})
	}
	t.Run("8 KiB", func(t *testing.T) {
		is := is.New(t)
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{
			Driver: ends(t, page(404, long[:8<<10])), StreamCallback: func([]byte) error { panic("called") },
		})
		is.True(errors.Is(err, zreq.ErrStatus))
		_, cut := resp.Content()
		is.NoErr(cut) // at the limit it is whole
	})
	t.Run("without a callback", func(t *testing.T) {
		is := is.New(t)
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: ends(t, page(404, long))})
		is.NoErr(err)
		p, cut := resp.Content()
		is.NoErr(cut)
		is.Equal(string(p), long) // Limits.Content is for who buffers
	})
}

// TestStatusDrain: the body of a refused response that is no error page is read
// only if at most 4 KiB are known to remain or it has come already.
func TestStatusDrain(t *testing.T) {
	for name, tt := range map[string]struct {
		wire string
		why  zreq.CloseReason
	}{
		"nothing":          {"HTTP/1.1 304 X\r\nETag: x\r\n\r\n", zreq.CloseNone},
		"a little":         {page(302, numbered(100)), zreq.CloseNone},
		"much":             {page(302, numbered(20<<10)), zreq.CloseUnread},
		"chunked, come":    {"HTTP/1.1 302 X\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n0\r\n\r\n", zreq.CloseNone},
		"chunked, unknown": {"HTTP/1.1 302 X\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n", zreq.CloseUnread},
		"until close":      {"HTTP/1.1 302 X\r\n\r\nhe", zreq.CloseUnread},
		"asks to close":    {"HTTP/1.1 302 X\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", zreq.CloseByPeer},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := answers(t, tt.wire)
			resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Headers: asks(), StreamCallback: func([]byte) error { panic("called") }})
			is.True(errors.Is(err, zreq.ErrStatus))
			is.Equal(content(is, resp), "") // it is not kept
			if tt.why != zreq.CloseNone {
				closed(is, peer, resp, tt.why)
				return
			}
			is.Equal(resp.CloseReason(), zreq.CloseNone)
			is.NoErr(resp.Connection.Close())
		})
	}
}

// TestStatusDrainLater: what is known to remain is read also if it comes later,
// and a peer that keeps it back costs the connection, not the status.
func TestStatusDrainLater(t *testing.T) {
	for name, tt := range map[string]struct {
		steps []zreqtest.Step
		ask   zreq.Headers
		why   zreq.CloseReason
		takes time.Duration // at most
	}{
		"it comes":           {[]zreqtest.Step{zreqtest.Pause(time.Second), zreqtest.Send(numbered(4096))}, asks(), zreq.CloseNone, time.Second},
		"it stays away":      {nil, asks(), zreq.CloseUnread, time.Second + time.Second/8},
		"it ends before":     {[]zreqtest.Step{zreqtest.Pause(time.Second), zreqtest.Send("x"), zreqtest.Close()}, asks(), zreq.CloseUnread, time.Second},
		"a call that closes": {nil, nil, zreq.CloseRequested, 0}, // so nothing is to be gained
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, append(answering("HTTP/1.1 302 X\r\nContent-Length: 4096\r\n\r\n"), tt.steps...))
				start := time.Now()
				resp, err := zreq.Get(context.Background(), site, &zreq.Args{
					Driver: peer, Headers: tt.ask, StreamCallback: func([]byte) error { panic("called") },
				})
				is.True(time.Since(start) <= tt.takes) // a connection is worth a second
				is.True(errors.Is(err, zreq.ErrStatus))
				is.True(!failure(is, err).Timeout())
				if tt.why != zreq.CloseNone {
					closed(is, peer, resp, tt.why)
					return
				}
				is.Equal(resp.CloseReason(), zreq.CloseNone)
				is.NoErr(resp.Connection.Close())
			})
		})
	}
}

// testStatusUnframed: a body that only the end of the connection ends reaches
// the callback only with AllowUnframed.
func testStatusUnframed(t *testing.T) {
	for name, tt := range map[string]struct {
		args zreq.Args
		err  error
	}{
		"by default":     {zreq.Args{}, zreq.ErrUnframed},
		"any status":     {zreq.Args{StreamAnyStatus: true}, zreq.ErrUnframed},
		"AllowUnframed":  {zreq.Args{AllowUnframed: true}, nil},
		"no callback":    {zreq.Args{OnHead: func(*zreq.Response) error { return nil }}, nil},
		"HTTP/1.0 close": {zreq.Args{}, zreq.ErrUnframed},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			wire := byClose("hello")
			if name == "HTTP/1.0 close" {
				wire = "HTTP/1.0 200 OK\r\nConnection: close\r\n\r\nhello"
			}
			peer := ends(t, wire)
			args, s := tt.args, new(sink)
			args.Driver, args.Headers = peer, asks()
			if args.OnHead == nil {
				args.StreamCallback = s.take
			}
			resp, err := zreq.Get(context.Background(), site, &args)
			is.True(!resp.Complete()) // nothing proves the end
			is.Equal(resp.Framing(), zreq.FramingUntilClose)
			if tt.err != nil {
				is.True(errors.Is(err, tt.err))
				is.True(strings.Contains(err.Error(), "AllowUnframed")) // the error names the cure
				is.Equal(len(s.sizes), 0)
				closed(is, peer, resp, zreq.CloseUnread)
				return
			}
			is.NoErr(err)
			is.Equal(content(is, resp), "hello")
			closed(is, peer, resp, zreq.CloseUnframed)
		})
	}
}

// testStatusWithoutBody: HEAD, 204 and 304 have no body, whatever their headers
// say, and do not wait for one.
func testStatusWithoutBody(t *testing.T) {
	for name, tt := range map[string]struct {
		method, wire string
		length       int64
		why          zreq.CloseReason
		err          error // with a callback
	}{
		"HEAD":                {"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 5, zreq.CloseNone, nil},
		"HEAD, chunked":       {"HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", -1, zreq.CloseNone, nil},
		"HEAD, until close":   {"HEAD", "HTTP/1.1 200 OK\r\n\r\n", -1, zreq.CloseNone, nil},
		"HEAD, 404":           {"HEAD", "HTTP/1.1 404 OK\r\nContent-Length: 5\r\n\r\n", 5, zreq.CloseNone, zreq.ErrStatus},
		"HEAD, body comes":    {"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 5, zreq.CloseLeftover, nil},
		"HEAD, huge":          {"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 9000000000000000000\r\n\r\n", 9e18, zreq.CloseNone, nil},
		"HEAD, both framings": {"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", -1, zreq.CloseDoubt, nil},
		"204":                 {"GET", "HTTP/1.1 204 OK\r\n\r\n", -1, zreq.CloseNone, zreq.ErrStatus},
		"204 to a POST":       {"POST", "HTTP/1.1 204 OK\r\n\r\n", -1, zreq.CloseNone, nil},
		"205":                 {"GET", "HTTP/1.1 205 OK\r\nContent-Length: 0\r\n\r\n", 0, zreq.CloseNone, zreq.ErrStatus},
		"205 to a PUT":        {"PUT", "HTTP/1.1 205 OK\r\nContent-Length: 0\r\n\r\n", 0, zreq.CloseNone, nil},
		"204, with a length":  {"GET", "HTTP/1.1 204 OK\r\nContent-Length: 5\r\n\r\n", 5, zreq.CloseDoubt, zreq.ErrStatus},
		"204, chunked":        {"POST", "HTTP/1.1 204 OK\r\nTransfer-Encoding: chunked\r\n\r\n", -1, zreq.CloseDoubt, nil},
		"304":                 {"GET", "HTTP/1.1 304 OK\r\nContent-Length: 5\r\n\r\n", 5, zreq.CloseNone, zreq.ErrStatus},
		"length 0":            {"GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 0, zreq.CloseNone, nil},
	} {
		for _, callback := range []bool{true, false} {
			t.Run(fmt.Sprint(name, "/callback ", callback), func(t *testing.T) {
				is := is.New(t)
				peer := answers(t, tt.wire)
				args := &zreq.Args{Driver: peer, Headers: asks()}
				if callback {
					args.StreamCallback = func([]byte) error { panic("called") }
				}
				resp, err := zreq.Do(context.Background(), tt.method, site, args)
				is.True(err == nil && (tt.err == nil || !callback) || errors.Is(err, tt.err))
				is.Equal(content(is, resp), "")
				is.Equal(resp.Len(), tt.length) // that of the body that did not come
				is.Equal(resp.Framing(), zreq.FramingNone)
				if tt.why != zreq.CloseNone {
					closed(is, peer, resp, tt.why)
					return
				}
				is.NoErr(resp.Connection.Close())
			})
		}
	}
}
