package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
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

// TestShortRangeIsNotRetried: a server that sends less than the Range asked for does so
// again.
func TestShortRangeIsNotRetried(t *testing.T) {
	is := is.New(t)
	const short = "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-4/100\r\nContent-Length: 5\r\n\r\nhello"
	peer := answers(t, short, short, short, short)
	s := &zreq.Session{Driver: peer, Retry: atOnce}
	defer s.Close()
	_, err := s.Get(context.Background(), site, &zreq.Args{Headers: zreq.Headers{{"Range", "bytes=0-99"}}})
	is.True(errors.Is(err, zreq.ErrTruncated))
	is.True(!errors.Is(err, zreq.ErrOutOfRetries))
	is.True(!zreq.Transient(err))
	is.Equal(len(peer.Requests()), 1)
}

// testContentRangeThatWraps: a part that says it is longer than an int64 counts, and
// is not, is never whole.
func testContentRangeThatWraps(t *testing.T) {
	const most = "9223372036854775807"
	for contentRange, want := range map[string]error{
		"bytes 0-" + most + "/*":                                  zreq.ErrStatus,
		"bytes 0-" + most + "/9223372036854775808":                zreq.ErrStatus,
		"bytes 0-9223372036854775806/*":                           zreq.ErrTruncated,
		"bytes 0-9223372036854775806/" + most:                     zreq.ErrTruncated,
		"bytes 0-18446744073709551615/*":                          zreq.ErrStatus,
		"bytes 18446744073709551616-18446744073709551620/*":       zreq.ErrStatus, // 0-4, modulo 2^64
		"bytes 0-4/18446744073709551621":                          zreq.ErrStatus,
		"bytes 0-4294967300/*":                                    zreq.ErrTruncated, // 0-4, modulo 2^32
		"bytes 0-00000000000000000000000000000000000000000004/*":  zreq.ErrTruncated, // it is 0-4, but not known to be all
		"bytes 0-00000000000000000000000000000000000000000004/05": nil,
	} {
		wire := "HTTP/1.1 206 X\r\nTransfer-Encoding: chunked\r\nContent-Range: " + contentRange + "\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
		ask := zreq.Headers{{"Range", "bytes=0-"}}
		t.Run(contentRange+"/callback", func(t *testing.T) {
			is := is.New(t)
			s := new(sink)
			resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: answers(t, wire), Headers: ask, StreamCallback: s.take})
			is.True(err == nil && want == nil || want != nil && errors.Is(err, want))
			is.Equal(resp.Complete(), want == nil)
			is.True(want != zreq.ErrStatus || len(s.body) == 0)
		})
		for way, take := range ways {
			t.Run(contentRange+"/"+way, func(t *testing.T) {
				is := is.New(t)
				resp := opened(t, zreq.Args{Driver: answers(t, wire), Headers: ask})
				defer resp.Close()
				is.Equal(errors.Is(resp.Fit(), zreq.ErrStatus), want == zreq.ErrStatus) // nobody saves it who asks
				_, err := take(resp)
				is.True((err == nil) == (want == nil))
				is.Equal(errors.Is(err, zreq.ErrTruncated), want != nil) // and nobody takes it for whole who does not
				is.Equal(resp.Complete(), want == nil)
			})
		}
		t.Run(contentRange+"/in memory", func(t *testing.T) {
			is := is.New(t)
			resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: answers(t, wire), Headers: ask})
			is.Equal(errors.Is(err, zreq.ErrTruncated), want != nil)
			is.Equal(resp.Complete(), want == nil)
			is.Equal(content(is, resp), "hello")
		})
	}
}

// TestPartInMemory: a part that is not as long as it said is an error, also where nobody
// reads it bit by bit.
func TestPartInMemory(t *testing.T) {
	const chunked = "HTTP/1.1 206 X\r\nTransfer-Encoding: chunked\r\nContent-Range: "
	for name, tt := range map[string]struct {
		wire string
		want error
	}{
		"as long":     {chunked + "bytes 0-4/100\r\n\r\n5\r\nhello\r\n0\r\n\r\n", nil},
		"shorter":     {chunked + "bytes 0-4/100\r\n\r\n4\r\nhell\r\n0\r\n\r\n", zreq.ErrTruncated},
		"longer":      {chunked + "bytes 0-4/100\r\n\r\n5\r\nhello\r\n3\r\nabc\r\n0\r\n\r\n", zreq.ErrResponse},
		"nothing":     {"HTTP/1.1 206 X\r\nContent-Length: 0\r\nContent-Range: bytes 0-4/100\r\n\r\n", zreq.ErrTruncated},
		"less asked":  {chunked + "bytes 0-3/100\r\n\r\n4\r\nhell\r\n0\r\n\r\n", zreq.ErrTruncated},
		"of no range": {chunked + "bytes */100\r\n\r\n5\r\nhello\r\n0\r\n\r\n", zreq.ErrTruncated},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			args := &zreq.Args{Driver: answers(t, tt.wire), Headers: zreq.Headers{{"Range", "bytes=0-4"}}}
			resp, err := zreq.Get(context.Background(), site, args)
			is.True(err == nil && tt.want == nil || tt.want != nil && errors.Is(err, tt.want))
			is.Equal(resp.Complete(), tt.want == nil)
			is.True(!zreq.Transient(err) || name == "shorter" || name == "nothing") // what is whole comes again
			_, err = resp.Content()
			is.Equal(err == nil, tt.want == nil)
		})
	}
}

// TestIfRange: a part of another version than the one that If-Range names does not
// reach the callback, and is not fit (RFC 9110, 13.1.5).
func TestIfRange(t *testing.T) {
	const date, other = "Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:38 GMT"
	for name, tt := range map[string]struct {
		condition, fields string
		fits              bool
	}{
		"the same tag":             {`"e1"`, "ETag: \"e1\"\r\n", true},
		"another tag":              {`"e1"`, "ETag: \"e2\"\r\n", false},
		"the same letters in caps": {`"e1"`, "ETag: \"E1\"\r\n", false},
		"two tags":                 {`"e1"`, "ETag: \"e1\"\r\nETag: \"e2\"\r\n", false},
		"no tag":                   {`"e1"`, "", true},
		"a weak tag":               {`"e1"`, "ETag: W/\"e1\"\r\n", true}, // which is not a strong one that differs
		"a tag, and a date":        {`"e1"`, "ETag: \"e1\"\r\nLast-Modified: " + date + "\r\n", true},
		"the same date":            {date, "Last-Modified: " + date + "\r\n", true},
		"the same date, old form":  {date, "Last-Modified: Sunday, 06-Nov-94 08:49:37 GMT\r\n", true},
		"another date":             {date, "Last-Modified: " + other + "\r\n", false},
		"an earlier date":          {other, "Last-Modified: " + date + "\r\n", false},
		"no date":                  {date, "", true},
		"no date that is one":      {date, "Last-Modified: yesterday\r\n", true},
		"a date, and a tag":        {date, "Last-Modified: " + date + "\r\nETag: \"e2\"\r\n", true},
		"another date, and a tag":  {date, "ETag: \"e2\"\r\nLast-Modified: " + other + "\r\n", false},
		"no validator, and a date": {"yesterday", "Last-Modified: " + date + "\r\n", true}, // it cannot be judged
		"a date of another zone":   {"Sun, 06 Nov 1994 08:49:37 CET", "Last-Modified: " + date + "\r\n", true},
	} {
		wire := "HTTP/1.1 206 X\r\nContent-Length: 5\r\nContent-Range: bytes 5-9/10\r\n" + tt.fields + "\r\nhello"
		ask := zreq.Headers{{"Range", "bytes=5-9"}, {"if-range", tt.condition}}
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			s := new(sink)
			resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: answers(t, wire), Headers: ask, StreamCallback: s.take})
			is.Equal(err == nil, tt.fits)
			is.Equal(len(s.body) > 0, tt.fits)
			is.Equal(resp.Status, 206)
			if !tt.fits {
				is.True(errors.Is(err, zreq.ErrStatus))
				is.True(strings.Contains(err.Error(), "If-Range")) // and why
			}
			resp = opened(t, zreq.Args{Driver: answers(t, wire), Headers: ask})
			is.Equal(resp.Fit() == nil, tt.fits)
			is.NoErr(resp.Close())
			resp = opened(t, zreq.Args{Driver: answers(t, wire), Headers: ask, StreamAnyStatus: true})
			is.NoErr(resp.Fit()) // who takes any status has to look
			is.NoErr(resp.Close())
		})
	}
}

// testContentRange: the numbers of a Content-Range.
func testContentRange(t *testing.T) {
	type numbers struct {
		first, last, size int64
		ok                bool
	}
	none := numbers{}
	for name, tt := range map[string]struct {
		status string
		fields string
		want   numbers
	}{
		"a part":              {"206 X", "Content-Range: bytes 5-14/100", numbers{5, 14, 100, true}},
		"other case":          {"206 X", "content-range: BYTES 5-14/100", numbers{5, 14, 100, true}},
		"size unknown":        {"206 X", "Content-Range: bytes 0-0/*", numbers{0, 0, -1, true}},
		"beyond 32 bits":      {"206 X", "Content-Range: bytes 4294967296-4294967297/8589934592", numbers{1 << 32, 1<<32 + 1, 1 << 33, true}},
		"the largest":         {"206 X", "Content-Range: bytes 0-9223372036854775806/9223372036854775807", numbers{0, math.MaxInt64 - 1, math.MaxInt64, true}},
		"one more":            {"206 X", "Content-Range: bytes 0-9223372036854775807/*", none},
		"416":                 {"416 X", "Content-Range: bytes */100", numbers{-1, -1, 100, true}},
		"416 of nothing":      {"416 X", "Content-Range: bytes */0", numbers{-1, -1, 0, true}},
		"416, size unknown":   {"416 X", "Content-Range: bytes */*", none},
		"416 with a part":     {"416 X", "Content-Range: bytes 0-4/5", none},
		"206 without a part":  {"206 X", "Content-Range: bytes */100", none},
		"200":                 {"200 X", "Content-Range: bytes 5-14/100", none},
		"404":                 {"404 X", "Content-Range: bytes */100", none},
		"none":                {"206 X", "X: y", none},
		"two":                 {"206 X", "Content-Range: bytes 5-14/100\r\nContent-Range: bytes 5-14/100", none},
		"another unit":        {"206 X", "Content-Range: pages 5-14/100", none},
		"backwards":           {"206 X", "Content-Range: bytes 14-5/100", none},
		"beyond its size":     {"206 X", "Content-Range: bytes 5-100/100", none},
		"something behind":    {"206 X", "Content-Range: bytes 5-14/100 ok", none},
		"signed":              {"206 X", "Content-Range: bytes +5-14/100", none},
		"in several parts":    {"206 X", "Content-Type: multipart/byteranges; boundary=b\r\nContent-Range: bytes 5-14/100", none},
		"a list":              {"206 X", "Content-Range: bytes 5-14/100, bytes 20-24/100", none},
		"an open end":         {"206 X", "Content-Range: bytes 5-/100", none},
		"416, signed":         {"416 X", "Content-Range: bytes */-1", none},
		"416, too large":      {"416 X", "Content-Range: bytes */9223372036854775808", none},
		"416, the very large": {"416 X", "Content-Range: bytes */" + strconv.Itoa(math.MaxInt32) + "0", numbers{-1, -1, math.MaxInt32 * 10, true}},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			wire := "HTTP/1.1 " + tt.status + "\r\nContent-Length: 0\r\n" + tt.fields + "\r\n\r\n"
			resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: answers(t, wire)})
			is.NoErr(err)
			var got numbers
			got.first, got.last, got.size, got.ok = resp.ContentRange()
			is.Equal(got, tt.want)
		})
	}
}
