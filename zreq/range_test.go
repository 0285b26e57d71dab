package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq"
)

// part is a 206 with a length and the Content-Range fields that are given.
func part(body string, ranges ...string) string {
	head := fmt.Sprintf("HTTP/1.1 206 X\r\nContent-Length: %d\r\n", len(body))
	for _, r := range ranges {
		head += "Content-Range: " + r + "\r\n"
	}
	return head + "\r\n" + body
}

// partInChunks is a chunked 206.
func partInChunks(body, contentRange string) string {
	return "HTTP/1.1 206 X\r\nTransfer-Encoding: chunked\r\nContent-Range: " + contentRange + "\r\n\r\n" + chunks(body) + "0\r\n\r\n"
}

// testRange: what does not prove to be the part that was asked for never reaches
// the callback, and what is shorter is not called whole (RFC 9110, 14.4, 15.3.7).
func testRange(t *testing.T) {
	const ten, none = "0123456789", "\x00"
	for name, tt := range map[string]struct {
		asked string // none: no Range is sent
		wire  string
		err   error
		body  string
	}{
		"a-b":                        {"bytes=5-14", part(ten, "bytes 5-14/100"), nil, ten},
		"a-b, size unknown":          {"bytes=5-14", part(ten, "bytes 5-14/*"), nil, ten},
		"a-b, up to the end":         {"bytes=90-120", part(ten, "bytes 90-99/100"), nil, ten},
		"a-b, other case":            {"Bytes=5-14", part(ten, "BYTES 5-14/100"), nil, ten},
		"a-b, chunked":               {"bytes=5-14", partInChunks(ten, "bytes 5-14/100"), nil, ten},
		"a-":                         {"bytes=90-", part(ten, "bytes 90-99/100"), nil, ten},
		"a-, size unknown":           {"bytes=90-", part(ten, "bytes 90-99/*"), zreq.ErrTruncated, ten},
		"0-":                         {"bytes=0-", part(ten, "bytes 0-9/10"), nil, ten},
		"0-0":                        {"bytes=0-0", part("0", "bytes 0-0/10"), nil, "0"},
		"-n":                         {"bytes=-10", part(ten, "bytes 90-99/100"), nil, ten},
		"-n, of less":                {"bytes=-500", part(ten, "bytes 0-9/10"), nil, ten},
		"very large":                 {"bytes=9000000000000000000-", part(ten, "bytes 9000000000000000000-9000000000000000009/9000000000000000010"), nil, ten},
		"not asked":                  {none, part(ten, "bytes 0-9/10"), zreq.ErrStatus, ""},
		"no Content-Range":           {"bytes=0-9", part(ten), zreq.ErrStatus, ""},
		"empty Content-Range":        {"bytes=0-9", part(ten, ""), zreq.ErrStatus, ""},
		"Content-Range twice":        {"bytes=0-9", part(ten, "bytes 0-9/10", "bytes 0-9/10"), zreq.ErrStatus, ""},
		"another unit":               {"bytes=0-9", part(ten, "items 0-9/10"), zreq.ErrStatus, ""},
		"no unit":                    {"bytes=0-9", part(ten, "0-9/10"), zreq.ErrStatus, ""},
		"unit and =":                 {"bytes=0-9", part(ten, "bytes=0-9/10"), zreq.ErrStatus, ""},
		"no size":                    {"bytes=0-9", part(ten, "bytes 0-9"), zreq.ErrStatus, ""},
		"unsatisfied":                {"bytes=0-9", part(ten, "bytes */10"), zreq.ErrStatus, ""},
		"signed":                     {"bytes=0-9", part(ten, "bytes +0-9/10"), zreq.ErrStatus, ""},
		"spaces inside":              {"bytes=0-9", part(ten, "bytes 0 - 9/10"), zreq.ErrStatus, ""},
		"bytes behind":               {"bytes=0-9", part(ten, "bytes 0-9/10x"), zreq.ErrStatus, ""},
		"a list":                     {"bytes=0-9", part(ten, "bytes 0-9/10, bytes 0-9/10"), zreq.ErrStatus, ""},
		"overflow":                   {"bytes=0-9", part(ten, "bytes 0-18446744073709551625/18446744073709551626"), zreq.ErrStatus, ""},
		"backwards":                  {"bytes=0-9", part(ten, "bytes 9-0/10"), zreq.ErrStatus, ""},
		"backwards, chunked":         {"bytes=9-", partInChunks(ten, "bytes 9-0/10"), zreq.ErrStatus, ""},
		"end beyond its size":        {"bytes=0-9", part(ten, "bytes 0-9/9"), zreq.ErrStatus, ""},
		"another start":              {"bytes=5-14", part(ten, "bytes 4-13/100"), zreq.ErrStatus, ""},
		"later start":                {"bytes=5-", part(ten, "bytes 6-15/16"), zreq.ErrStatus, ""},
		"from the very start":        {"bytes=5-14", part(ten, "bytes 0-9/100"), zreq.ErrStatus, ""},
		"beyond the asked end":       {"bytes=5-13", part(ten, "bytes 5-14/100"), zreq.ErrStatus, ""},
		"-n, another start":          {"bytes=-10", part(ten, "bytes 80-89/100"), zreq.ErrStatus, ""},
		"-n, more than asked":        {"bytes=-9", part(ten, "bytes 90-99/100"), zreq.ErrStatus, ""},
		"-n, size unknown":           {"bytes=-10", part(ten, "bytes 90-99/*"), zreq.ErrStatus, ""},
		"-n, short, size unknown":    {"bytes=-500", part(ten, "bytes 0-9/*"), zreq.ErrStatus, ""},
		"length below the range":     {"bytes=0-10", part(ten, "bytes 0-10/100"), zreq.ErrStatus, ""},
		"length above the range":     {"bytes=0-8", part(ten, "bytes 0-8/100"), zreq.ErrStatus, ""},
		"empty body":                 {"bytes=0-9", part("", "bytes 0-9/10"), zreq.ErrStatus, ""},
		"several parts":              {"bytes=0-9", "HTTP/1.1 206 X\r\nContent-Type: Multipart/ByteRanges; boundary=x\r\nContent-Length: 10\r\nContent-Range: bytes 0-9/10\r\n\r\n" + ten, zreq.ErrStatus, ""},
		"several ranges":             {"bytes=0-4,6-9", part(ten, "bytes 0-9/10"), zreq.ErrStatus, ""},
		"several, one in answer":     {"bytes=0-4,6-9", part(ten[:5], "bytes 0-4/10"), zreq.ErrStatus, ""},
		"asked in another unit":      {"items=0-9", part(ten, "bytes 0-9/10"), zreq.ErrStatus, ""},
		"asked backwards":            {"bytes=9-0", part(ten, "bytes 0-9/10"), zreq.ErrStatus, ""},
		"asked for nothing":          {"bytes=-0", part(ten, "bytes 0-9/10"), zreq.ErrStatus, ""},
		"asked for no numbers":       {"bytes=-", part(ten, "bytes 0-9/10"), zreq.ErrStatus, ""},
		"416":                        {"bytes=99-", "HTTP/1.1 416 X\r\nContent-Range: bytes */10\r\nContent-Length: 0\r\n\r\n", zreq.ErrStatus, ""},
		"short of the asked end":     {"bytes=5-20", part(ten, "bytes 5-14/100"), zreq.ErrTruncated, ten},
		"short, size unknown":        {"bytes=5-20", part(ten, "bytes 5-14/*"), zreq.ErrTruncated, ten},
		"a-, short of the end":       {"bytes=5-", part(ten, "bytes 5-14/100"), zreq.ErrTruncated, ten},
		"-n, short of the end":       {"bytes=-20", part(ten, "bytes 80-89/100"), zreq.ErrTruncated, ten},
		"chunked, shorter than it":   {"bytes=0-14", partInChunks(ten, "bytes 0-14/100"), zreq.ErrTruncated, ten},
		"chunked, longer than it":    {"bytes=0-8", partInChunks(ten, "bytes 0-8/100"), zreq.ErrResponse, ""},
		"until close":                {"bytes=0-9", "HTTP/1.1 206 X\r\nContent-Range: bytes 0-9/10\r\n\r\n" + ten, zreq.ErrUnframed, ""},
		"200":                        {"bytes=0-9", byLength(ten), zreq.ErrStatus, ""},
		"200, empty":                 {"bytes=0-9", byLength(""), zreq.ErrStatus, ""},
		"203":                        {"bytes=0-9", page(203, ten), zreq.ErrStatus, ""},
		"not asked, 200":             {none, byLength(ten), nil, ten},
		"Content-Range beside a 200": {none, "HTTP/1.1 200 X\r\nContent-Length: 10\r\nContent-Range: bytes 5-14/20\r\n\r\n" + ten, nil, ten},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := ends(t, tt.wire)
			s := new(sink)
			args := &zreq.Args{Driver: peer, StreamCallback: s.take}
			if tt.asked != none {
				args.Headers = zreq.Headers{{"rANGE", tt.asked}}
			}
			resp, err := zreq.Get(context.Background(), site, args)
			is.Equal(string(s.body), tt.body) // nothing but the part that was asked for
			is.True(resp != nil)              // the response is told in any case
			is.Equal(peer.Open(), 0)
			if tt.err == nil {
				is.NoErr(err)
				is.True(resp.Complete())
				return
			}
			is.True(errors.Is(err, tt.err)) // the kind of error
			if tt.err == zreq.ErrTruncated {
				is.Equal(failure(is, err).Received, int64(len(tt.body))) // how much came is told
				is.True(!resp.Complete())                                // and that it is not all
				_, cut := resp.Content()
				is.True(errors.Is(cut, zreq.ErrTruncated)) // which the content knows
			}
		})
	}
}

// testRangeAllowed is what Args let through.
func testRangeAllowed(t *testing.T) {
	const ten = "0123456789"
	ask := zreq.Headers{{"Range", "bytes=5-14"}}
	for name, tt := range map[string]struct {
		args zreq.Args
		wire string
	}{
		"AllowFull, a 200":                   {zreq.Args{Headers: ask, AllowFull: true}, byLength(ten)},
		"AllowFull, a 206":                   {zreq.Args{Headers: ask, AllowFull: true}, part(ten, "bytes 5-14/100")},
		"AllowFull, chunked":                 {zreq.Args{Headers: ask, AllowFull: true}, byChunks(ten)},
		"AllowFull and AllowUnframed":        {zreq.Args{Headers: ask, AllowFull: true, AllowUnframed: true}, byClose(ten)},
		"AllowUnframed, a 206 of its length": {zreq.Args{Headers: ask, AllowUnframed: true}, "HTTP/1.1 206 X\r\nContent-Range: bytes 5-14/100\r\n\r\n" + ten},
		"StreamAnyStatus, a wrong 206":       {zreq.Args{StreamAnyStatus: true}, part(ten, "bytes 7-16/100")},
		"StreamAnyStatus, a 200":             {zreq.Args{Headers: ask, StreamAnyStatus: true}, byLength(ten)},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			s := new(sink)
			tt.args.Driver, tt.args.StreamCallback = ends(t, tt.wire), s.take
			_, err := zreq.Get(context.Background(), site, &tt.args)
			is.NoErr(err)
			is.Equal(string(s.body), ten)
		})
	}
	t.Run("AllowUnframed, a 206 cut short", func(t *testing.T) {
		is := is.New(t)
		s := new(sink)
		peer := ends(t, "HTTP/1.1 206 X\r\nContent-Range: bytes 5-14/100\r\n\r\n"+ten[:9])
		_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Headers: ask, AllowUnframed: true, StreamCallback: s.take})
		is.True(errors.Is(err, zreq.ErrTruncated)) // its Content-Range tells, though its framing does not
		is.Equal(failure(is, err).Received, int64(9))
		is.True(strings.Contains(err.Error(), "9 of 10"))
	})
	t.Run("HEAD", func(t *testing.T) {
		is := is.New(t)
		peer := ends(t, "HTTP/1.1 206 X\r\nContent-Range: bytes 5-14/100\r\nContent-Length: 10\r\n\r\n")
		resp, err := zreq.Head(context.Background(), site, &zreq.Args{Driver: peer, Headers: ask, StreamCallback: func([]byte) error { panic("called") }})
		is.NoErr(err) // no body is missing where none can come
		is.Equal(resp.Len(), int64(10))
	})
	t.Run("AllowUnframed, size unknown", func(t *testing.T) {
		is := is.New(t)
		s := new(sink)
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{
			Driver: ends(t, part(ten, "bytes 5-14/*")), AllowUnframed: true, StreamCallback: s.take,
			Headers: zreq.Headers{{"Range", "bytes=5-"}},
		})
		is.NoErr(err)             // the caller takes what nothing proves
		is.True(!resp.Complete()) // but does not call it proven
		is.Equal(string(s.body), ten)
	})
	t.Run("HEAD that ignores it", func(t *testing.T) {
		is := is.New(t)
		peer := ends(t, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
		_, err := zreq.Head(context.Background(), site, &zreq.Args{Driver: peer, Headers: ask, StreamCallback: func([]byte) error { panic("called") }})
		is.NoErr(err) // a Range is for GET alone
	})
	t.Run("a short part keeps the connection", func(t *testing.T) {
		is := is.New(t)
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{
			Driver: answers(t, part(ten, "bytes 5-14/100")), StreamCallback: new(sink).take,
			Headers: append(asks(), [2]string{"Range", "bytes=5-20"}),
		})
		is.True(errors.Is(err, zreq.ErrTruncated))
		is.Equal(resp.CloseReason(), zreq.CloseNone) // the rest can be asked for on it
		is.True(resp.Connection != nil)
		is.NoErr(resp.Connection.Close())
	})
	t.Run("without a callback", func(t *testing.T) {
		is := is.New(t)
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: ends(t, part(ten, "bytes 7-16/100")), Headers: ask})
		is.NoErr(err) // the caller sees the head beside the content
		is.Equal(content(is, resp), ten)
	})
}
