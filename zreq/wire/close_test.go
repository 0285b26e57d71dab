package wire_test

import (
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/wire"
)

// reuses has whole responses and what they say of the connection.
var reuses = []struct {
	name   string
	method string
	in     string
	want   wire.CloseReason
}{
	{"1.1", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", wire.CloseNone},
	{"1.1 keep-alive", "GET", "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi", wire.CloseNone},
	{"1.1 chunked", "GET", chunkedHead + "2\r\nhi\r\n0\r\n\r\n", wire.CloseNone},
	{"1.1 HEAD", "HEAD", ok + "\r\n", wire.CloseNone},
	{"1.1 304", "GET", "HTTP/1.1 304 x\r\n\r\n", wire.CloseNone},
	{"1.1 close", "GET", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi", wire.CloseByPeer},
	{"close in other case", "GET", "HTTP/1.1 200 OK\r\ncONNECTION:cLoSe\r\nContent-Length: 0\r\n\r\n", wire.CloseByPeer},
	{"close in a list", "GET", "HTTP/1.1 200 OK\r\nConnection: a,, close ,b\r\nContent-Length: 0\r\n\r\n", wire.CloseByPeer},
	{"close in a later line", "GET", "HTTP/1.1 200 OK\r\nConnection: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", wire.CloseByPeer},
	{"close in an earlier line", "GET", "HTTP/1.1 200 OK\r\nConnection: close\r\nConnection: a\r\nContent-Length: 0\r\n\r\n", wire.CloseByPeer},
	{"close in a folded line", "GET", "HTTP/1.1 200 OK\r\nConnection: a,\r\n close\r\nContent-Length: 0\r\n\r\n", wire.CloseByPeer},
	{"close before a fold", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\t,a\r\n\r\n", wire.CloseByPeer},
	{"close torn by a fold is none", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: clo\r\n se\r\n\r\n", wire.CloseNone},
	{"close and keep-alive", "GET", "HTTP/1.1 200 OK\r\nConnection: keep-alive, close\r\nContent-Length: 0\r\n\r\n", wire.CloseByPeer},
	{"close as a part of a word", "GET", "HTTP/1.1 200 OK\r\nConnection: closed, not-close, clos\r\nContent-Length: 0\r\n\r\n", wire.CloseNone},
	{"close in another field", "GET", "HTTP/1.1 200 OK\r\nProxy-Connection: close\r\nContent-Length: 0\r\n\r\n", wire.CloseNone},
	{"close said by the 1xx", "GET", "HTTP/1.1 103 x\r\nConnection: close\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", wire.CloseByPeer},
	{"keep-alive said by the 1xx", "GET", "HTTP/1.0 103 x\r\nConnection: keep-alive\r\n\r\nHTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", wire.CloseHTTP10},
	{"length of a 1xx", "GET", "HTTP/1.1 103 x\r\nContent-Length: 4\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", wire.CloseDoubt},
	{"chunks of a 1xx", "GET", "HTTP/1.1 103 x\r\nTransfer-Encoding: chunked\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", wire.CloseDoubt},
	{"1.0", "GET", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", wire.CloseHTTP10},
	{"1.0 keep-alive", "GET", "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nhi", wire.CloseNone},
	{"1.0 keep-alive in a list", "GET", "HTTP/1.0 200 OK\r\nConnection: a, keep-alive\r\nContent-Length: 2\r\n\r\nhi", wire.CloseNone},
	{"1.0 keep-alive in an earlier line", "GET", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nConnection: a\r\nContent-Length: 2\r\n\r\nhi", wire.CloseNone},
	{"1.0 close", "GET", "HTTP/1.0 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi", wire.CloseByPeer},
	{"1.0 keep-alive and close", "GET", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", wire.CloseByPeer},
	{"1.0 HEAD", "HEAD", "HTTP/1.0 200 OK\r\n\r\n", wire.CloseHTTP10},
	{"1.0 chunked is faulty", "GET", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", wire.CloseDoubt},
	{"1.0 after a 1.1 informational", "GET", "HTTP/1.1 100 x\r\n\r\nHTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", wire.CloseHTTP10},
	{"204 with a length", "GET", "HTTP/1.1 204 x\r\nContent-Length: 5\r\n\r\n", wire.CloseDoubt},
	{"until close", "GET", ok + "\r\nhi", wire.CloseUnframed},
	{"until close, keep-alive", "GET", ok + "Connection: keep-alive\r\n\r\nhi", wire.CloseUnframed},
}

func testReuse(t *testing.T) {
	for _, tt := range reuses {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			got := replay(t, exchange{method: tt.method, in: tt.in, eof: tt.want == wire.CloseUnframed})
			is.NoErr(got.err)
			is.True(got.ended)
			is.Equal(got.reuse, tt.want) // RFC 9112, 9.3 and 9.6
		})
	}
}

func TestReuseBeforeTheEnd(t *testing.T) {
	is := is.New(t)
	var d wire.Decoder
	is.Equal(d.Reuse(), wire.CloseUnread) // nothing has been read
	d.Reset("GET", wire.Limits{})
	in := ok + "Content-Length: 2\r\n\r\nhi"
	_, used, err := d.Next([]byte(in))
	is.NoErr(err)
	is.Equal(d.Reuse(), wire.CloseUnread) // the body is still to come
	_, _, err = d.Next([]byte(in[used:]))
	is.NoErr(err)
	is.Equal(d.Reuse(), wire.CloseNone) // the last byte decides, not the call that says End
	_, err = d.EOF()
	is.NoErr(err)
	is.Equal(d.Reuse(), wire.CloseNone) // an end after the response is the transport's matter
}

func TestCloseReasonString(t *testing.T) {
	is := is.New(t)
	seen := map[string]bool{}
	for r := wire.CloseNone; r <= wire.CloseByCaller; r++ {
		is.True(r.String() != "" && !seen[r.String()]) // each reason has words of its own
		seen[r.String()] = true
	}
	is.Equal(wire.CloseByPeer.String(), "the peer asked to close")
	is.Equal((wire.CloseSuspect + 1).String(), "unknown reason") // any value has a text
}
