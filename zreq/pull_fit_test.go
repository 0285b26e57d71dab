package zreq_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// testPullFit: Fit says of a response whether it can be the thing that was asked
// for, and reads nothing; the body can be read in either case.
func testPullFit(t *testing.T) {
	partly := func(contentRange, body string) string {
		return "HTTP/1.1 206 Partial Content\r\nContent-Range: " + contentRange + "\r\n" + strings.SplitN(byLength(body), "\r\n", 2)[1]
	}
	ask := func(r string) zreq.Args { return zreq.Args{Headers: zreq.Headers{{"Range", r}}} }
	for name, tt := range map[string]struct {
		method string
		wire   string
		args   zreq.Args
		want   error
		says   string
	}{
		"200":                       {"GET", byLength("hello"), zreq.Args{}, nil, ""},
		"200 in chunks":             {"GET", byChunks("hello"), zreq.Args{}, nil, ""},
		"200 and nothing":           {"GET", byLength(""), zreq.Args{}, nil, ""},
		"202":                       {"GET", page(202, "hello"), zreq.Args{}, zreq.ErrStatus, "202"},
		"203":                       {"GET", page(203, "hello"), zreq.Args{}, nil, ""},
		"204":                       {"GET", noContent, zreq.Args{}, zreq.ErrStatus, "204"},
		"204 to a DELETE":           {"DELETE", noContent, zreq.Args{}, nil, ""},
		"205":                       {"GET", page(205, ""), zreq.Args{}, zreq.ErrStatus, "205"},
		"207":                       {"GET", page(207, "hello"), zreq.Args{}, zreq.ErrStatus, "207"},
		"207 to a PROPFIND":         {"PROPFIND", page(207, "hello"), zreq.Args{}, nil, ""},
		"226":                       {"GET", page(226, "hello"), zreq.Args{}, zreq.ErrStatus, "226"},
		"any status":                {"GET", page(202, "hello"), zreq.Args{StreamAnyStatus: true}, nil, ""},
		"304":                       {"GET", "HTTP/1.1 304 Not Modified\r\n\r\n", zreq.Args{}, zreq.ErrStatus, "304"},
		"404":                       {"GET", page(404, "hello"), zreq.Args{}, zreq.ErrStatus, "404"},
		"500 and nothing":           {"GET", page(500, ""), zreq.Args{}, zreq.ErrStatus, "500"},
		"600":                       {"GET", page(600, "hello"), zreq.Args{}, zreq.ErrStatus, "600"},
		"HEAD":                      {"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", zreq.Args{}, nil, ""},
		"HEAD, 404":                 {"HEAD", "HTTP/1.1 404 No\r\nContent-Length: 5\r\n\r\n", zreq.Args{}, zreq.ErrStatus, "404"},
		"HEAD, 206":                 {"HEAD", "HTTP/1.1 206 OK\r\n\r\n", zreq.Args{}, nil, ""},
		"206 that was asked for":    {"GET", partly("bytes 0-4/10", "hello"), ask("bytes=0-4"), nil, ""},
		"206, the rest":             {"GET", partly("bytes 5-9/10", "hello"), ask("bytes=5-"), nil, ""},
		"206 that was not":          {"GET", partly("bytes 0-4/10", "hello"), zreq.Args{}, zreq.ErrStatus, "no Range"},
		"206, another part":         {"GET", partly("bytes 1-5/10", "hello"), ask("bytes=0-4"), zreq.ErrStatus, "Content-Range"},
		"206, beyond what is asked": {"GET", partly("bytes 0-5/10", "hello."), ask("bytes=0-4"), zreq.ErrStatus, "Content-Range"},
		"206, another length":       {"GET", partly("bytes 0-4/10", "hell"), ask("bytes=0-4"), zreq.ErrStatus, "Content-Range"},
		"200 for a part":            {"GET", byLength("hello"), ask("bytes=0-4"), zreq.ErrStatus, "AllowFull"},
		"until close":               {"GET", byClose("hello"), zreq.Args{}, zreq.ErrUnframed, "AllowUnframed"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := ends(t, tt.wire)
			tt.args.Driver, tt.args.Stream = peer, true
			resp, err := zreq.Do(context.Background(), tt.method, site+"?key=secret", &tt.args)
			is.NoErr(err) // a status is no error of the call
			for range 2 {
				err := resp.Fit()
				is.Equal(err == nil, tt.want == nil)
				if err == nil {
					continue
				}
				is.True(errors.Is(err, tt.want))
				is.Equal(errors.Is(err, zreq.ErrStatus), tt.want == zreq.ErrStatus)
				is.True(strings.Contains(err.Error(), tt.says)) // and why
				e := failure(is, err)
				is.Equal(e.Phase, zreq.PhaseHead)
				is.Equal(e.Method, tt.method)
				is.Equal(e.URL, site) // without what may be secret
				is.True(!zreq.SafeToRetry(err) && !e.Timeout())
			}
			got, err := resp.Content()
			is.Equal(errors.Is(err, zreq.ErrTruncated), name == "206, another length") // whoever wants it may have it
			is.True(strings.HasSuffix(tt.wire, string(got)) || strings.Contains(tt.wire, "chunked"))
			is.NoErr(resp.Close())
			is.Equal(peer.Open(), 0)
		})
	}
}

// TestPullRange: a part that is not as long as it said is an error in the middle of
// reading it, in every way.
func TestPullRange(t *testing.T) {
	const chunkedPart = "HTTP/1.1 206 Partial Content\r\nTransfer-Encoding: chunked\r\nContent-Range: "
	for name, tt := range map[string]struct {
		wire, asked string
		want        error // nil: all is well
		got         string
	}{
		"as long":           {chunkedPart + "bytes 0-4/10\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "bytes=0-4", nil, "hello"},
		"longer":            {chunkedPart + "bytes 0-4/10\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n", "bytes=0-4", zreq.ErrResponse, "hello"},
		"longer, one chunk": {chunkedPart + "bytes 0-4/10\r\n\r\n6\r\nhello!\r\n0\r\n\r\n", "bytes=0-4", zreq.ErrResponse, ""},
		"shorter":           {chunkedPart + "bytes 0-4/10\r\n\r\n4\r\nhell\r\n0\r\n\r\n", "bytes=0-4", zreq.ErrTruncated, "hell"},
		"nothing":           {chunkedPart + "bytes 0-4/10\r\n\r\n0\r\n\r\n", "bytes=0-4", zreq.ErrTruncated, ""},
		"less than asked":   {chunkedPart + "bytes 0-4/10\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "bytes=0-6", zreq.ErrTruncated, "hello"},
		"long, longer":      {chunkedPart + "bytes 0-4/10\r\n\r\n1f40\r\n" + strings.Repeat("x", 8000) + "\r\n0\r\n\r\n", "bytes=0-4", zreq.ErrResponse, ""},
	} {
		for way, take := range ways {
			t.Run(name+"/"+way, func(t *testing.T) {
				is := is.New(t)
				peer := answers(t, tt.wire)
				resp := opened(t, zreq.Args{Driver: peer, Headers: zreq.Headers{{"Range", tt.asked}, {"Connection", "Keep-Alive"}}})
				is.NoErr(resp.Fit())
				got, err := take(resp)
				is.True(errors.Is(err, tt.want))
				is.True(isChunks(way) || got == tt.got) // none of what is too much
				is.Equal(resp.Complete(), tt.want == nil)
				if tt.want != nil {
					is.Equal(failure(is, err).Phase, zreq.PhaseBody)
				}
				letGo(is, resp, peer)
			})
		}
	}
}

// TestPullRangeStraight: also of a body that is read around the read buffer, nothing
// is given out behind the end that a 206 announced.
func TestPullRangeStraight(t *testing.T) {
	body := numbered(60_000)
	head := "HTTP/1.1 206 Partial Content\r\nTransfer-Encoding: chunked\r\nContent-Range: bytes 0-29999/90000\r\n\r\n"
	for _, take := range map[string]func(*zreq.Response) (string, error){
		"8192":   func(r *zreq.Response) (string, error) { return readBy(r, 8192) },
		"30,000": func(r *zreq.Response) (string, error) { return readBy(r, 30_000) },
		"50,000": func(r *zreq.Response) (string, error) { return readBy(r, 50_000) },
		"Receiver": func(r *zreq.Response) (string, error) {
			w := new(receiver)
			_, err := r.WriteTo(w)
			return w.String(), err
		},
	} {
		is := is.New(t)
		peer := answers(t, head+"ea60\r\n"+body+"\r\n0\r\n\r\n")
		resp := opened(t, zreq.Args{Driver: peer, Headers: zreq.Headers{{"Range", "bytes=0-29999"}}})
		got, err := take(resp)
		is.True(errors.Is(err, zreq.ErrResponse))
		is.True(len(got) <= 30_000 && got == body[:len(got)])
		is.NoErr(resp.Close())
		is.Equal(peer.Open(), 0)
	}
}

// testPullNothing: where no body can come, it has ended when the call returns, and
// the connection is there.
func testPullNothing(t *testing.T) {
	for name, tt := range map[string]struct {
		method, wire string
		length       int64
	}{
		"HEAD":         {"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", 5000},
		"HEAD, chunks": {"HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", -1},
		"204":          {"GET", noContent, -1},
		"304":          {"GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5000\r\n\r\n", 5000},
		"length 0":     {"GET", byLength(""), 0},
	} {
		for way, take := range ways {
			t.Run(name+"/"+way, func(t *testing.T) {
				is := is.New(t)
				peer := answers(t, tt.wire, byLength("next"))
				conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
				is.NoErr(err)
				resp, err := zreq.Do(context.Background(), tt.method, site, &zreq.Args{Connection: conn, Stream: true})
				is.NoErr(err)
				is.True(resp.Complete())         // it has ended
				is.True(resp.Connection == conn) // and nobody needs the connection
				is.Equal(resp.Len(), tt.length)
				next, err := zreq.Get(context.Background(), site, &zreq.Args{Connection: conn})
				is.NoErr(err)
				is.Equal(content(is, next), "next")
				got, err := take(resp)
				is.NoErr(err)
				is.Equal(got, "")
				letGo(is, resp, peer)
			})
		}
	}
}

// TestPullOrCallback: the body can go only one way, and the call says so before it
// dials.
func TestPullOrCallback(t *testing.T) {
	is := is.New(t)
	peer := zreqtest.NewPeer(t)
	resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Stream: true, StreamCallback: new(sink).take})
	is.True(resp == nil)
	is.True(errors.Is(err, zreq.ErrRequest))
	is.Equal(failure(is, err).Phase, zreq.PhaseRequest)
	is.Equal(peer.Dials(), 0)
}

// testPullUpgrade: 101 and CONNECT, after which the connection would be the
// caller's to use, are refused with a clear error.
func testPullUpgrade(t *testing.T) {
	is := is.New(t)
	peer := answers(t, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nbytes of x")
	resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Stream: true})
	is.True(resp == nil)
	is.True(errors.Is(err, zreq.ErrResponse))
	is.True(strings.Contains(err.Error(), "another protocol")) // what it was
	is.Equal(peer.Open(), 0)
	peer = zreqtest.NewPeer(t)
	_, err = zreq.Do(context.Background(), "CONNECT", site, &zreq.Args{Driver: peer, Stream: true})
	is.True(errors.Is(err, zreq.ErrRequest))
	is.True(strings.Contains(err.Error(), "CONNECT"))
	is.Equal(peer.Dials(), 0)
}

// TestPullRedirected: the body that is read is that of the last response, and what
// was left of the others does not come into it.
func TestPullRedirected(t *testing.T) {
	is := is.New(t)
	peer := answers(t,
		"HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 5\r\n\r\nmoved",
		"HTTP/1.1 307 X\r\nLocation: /z\r\nTransfer-Encoding: chunked\r\n\r\n"+chunks("again")+"0\r\n\r\n",
		byChunks("hello"))
	resp := opened(t, zreq.Args{Driver: peer})
	is.Equal(len(resp.History()), 2)
	got, err := readBy(resp, 2)
	is.NoErr(err)
	is.Equal(got, "hello")
	is.Equal(resp.URL(), "http://device.test/z")
	is.Equal(peer.Dials(), 1)
	letGo(is, resp, peer)
}

// TestPullOwnsItsArgs: what the caller does with his Args when the call has
// returned changes nothing.
func TestPullOwnsItsArgs(t *testing.T) {
	is := is.New(t)
	body := numbered(9001)
	peer := answers(t, byChunks(body))
	args := &zreq.Args{Driver: peer, Stream: true, Headers: asks(), Params: nil}
	resp, err := zreq.Get(context.Background(), site, args)
	is.NoErr(err)
	args.Headers[0] = [2]string{"Connection", "close"}
	*args = zreq.Args{
		Stream: false, DropHead: true, AllowUnframed: true, Into: resp, Connection: new(zreq.Connection),
		Limits: zreq.Limits{Content: 1, ReadBuffer: -1, ChunkLine: 1, TrailerBytes: 1}, Timeouts: zreq.Timeouts{Body: 1},
		StreamCallback: func([]byte) error { t.Error("was called"); return nil },
	}
	got, err := resp.Content()
	is.NoErr(err)
	is.True(string(got) == body)
	is.Equal(resp.Trailer("Digest"), "x")
	is.Equal(resp.Header("Transfer-Encoding"), "chunked")
	is.True(resp.Connection != nil)
	letGo(is, resp, peer)
}

// TestPullDropsTheHead: DropHead keeps none beside an open body, either.
func TestPullDropsTheHead(t *testing.T) {
	is := is.New(t)
	resp := opened(t, zreq.Args{Driver: answers(t, byChunks(numbered(9001))), DropHead: true})
	is.Equal(resp.Header("Transfer-Encoding"), "")
	is.Equal(resp.Status, 200)
	got, err := readBy(resp, 1000)
	is.NoErr(err)
	is.True(got == numbered(9001))
	is.Equal(resp.Header("Transfer-Encoding"), "")
	is.Equal(resp.Trailer("Digest"), "x") // trailers are not the head
}
