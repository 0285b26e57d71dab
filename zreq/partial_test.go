package zreq_test

import (
	"context"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

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

// strange says of itself what cannot be.
type strange struct {
	io.Reader
	size, offset int64
}

func (s strange) Size() int64                    { return s.size }
func (s strange) Seek(int64, int) (int64, error) { return s.offset, nil }

// TestBodySizeThatWraps: no size of a body and no offset make a Content-Length that is
// not that of the body.
func TestBodySizeThatWraps(t *testing.T) {
	for name, body := range map[string]strange{
		"a negative offset":    {strings.NewReader("hello"), 0, -5},
		"the lowest offset":    {strings.NewReader("hello"), math.MaxInt64, math.MinInt64},
		"a size made larger":   {strings.NewReader("hello"), math.MaxInt64, -1},
		"an offset beyond all": {strings.NewReader("hello"), 5, math.MaxInt64},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t)
			_, err := zreq.Put(context.Background(), site, &zreq.Args{Driver: peer, Body: body})
			is.True(errors.Is(err, zreq.ErrRequest))
			is.Equal(peer.Dials(), 0)
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
		"a weak one, and a date":   {`W/"e1"`, "Last-Modified: " + date + "\r\n", true}, // neither can be judged
		"no validator, and a date": {"yesterday", "Last-Modified: " + date + "\r\n", true},
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
