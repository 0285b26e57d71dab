package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// testTruncation: a response that ends early is an error with the count, in
// every framing that can tell; its chunks are those that were whole.
func testTruncation(t *testing.T) {
	body := numbered(1300)
	chunkedHead := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	for name, tt := range map[string]struct {
		wire     string
		received int
		sizes    int // chunks of 512 that came whole
	}{
		"length, a byte short":     {"HTTP/1.1 200 OK\r\nContent-Length: 1301\r\n\r\n" + body, 1300, 2},
		"length, nothing came":     {"HTTP/1.1 200 OK\r\nContent-Length: 1300\r\n\r\n", 0, 0},
		"in a chunk":               {chunkedHead + "515\r\n" + body, 1300, 2},
		"in a chunk-size line":     {chunkedHead + "514\r\n" + body + "\r\n1", 1300, 2},
		"in an extension":          {chunkedHead + "514\r\n" + body + "\r\n1;a", 1300, 2},
		"behind the data":          {chunkedHead + "514\r\n" + body, 1300, 2},
		"between CR and LF":        {chunkedHead + "514\r\n" + body + "\r", 1300, 2},
		"before the last chunk":    {chunkedHead + "514\r\n" + body + "\r\n", 1300, 2},
		"in the last chunk":        {chunkedHead + "514\r\n" + body + "\r\n0\r\n", 1300, 2},
		"in the end of the body":   {chunkedHead + "514\r\n" + body + "\r\n0\r\n\r", 1300, 2},
		"in the trailers":          {chunkedHead + "514\r\n" + body + "\r\n0\r\nA: b\r\n", 1300, 2},
		"before the first chunk":   {chunkedHead, 0, 0},
		"in the first chunk, dry ": {chunkedHead + "200\r\n", 0, 0},
	} {
		for how, end := range map[string]func() zreqtest.Step{"end": zreqtest.CloseWrite, "reset": nil} {
			for _, callback := range []bool{true, false} {
				t.Run(fmt.Sprint(name, "/", how, "/callback ", callback), func(t *testing.T) {
					is := is.New(t)
					steps := answering(tt.wire)
					if end != nil {
						steps = append(steps, end())
					} else {
						reset := memnet.Faults{ResetReadAfter: int64(len(tt.wire))}
						steps = append([]zreqtest.Step{zreqtest.Fault(reset)}, steps...)
					}
					peer := zreqtest.NewPeer(t, steps)
					s := new(sink)
					args := &zreq.Args{Driver: peer, Headers: asks()}
					if callback {
						args.StreamCallback = s.take
					}
					resp, err := zreq.Get(context.Background(), site, args)
					is.True(errors.Is(err, zreq.ErrTruncated)) // never a success
					e := failure(is, err)
					is.Equal(e.Received, int64(tt.received)) // how much came is told
					is.Equal(e.Phase, zreq.PhaseBody)
					is.Equal(errors.Is(err, memnet.ErrReset), end == nil) // the socket's error is reachable
					is.True(!resp.Complete())
					closed(is, peer, resp, zreq.CloseFailed)
					p, cut := resp.Content()
					is.True(errors.Is(cut, zreq.ErrTruncated)) // the content knows that it is not whole
					if callback {
						is.Equal(len(s.sizes), tt.sizes) // every chunk was exact
						is.Equal(string(s.body), body[:tt.sizes*512])
						is.Equal(string(p), string(s.last))
						return
					}
					is.Equal(string(p), body[:tt.received]) // what came is kept
				})
			}
		}
	}
	t.Run("until close, reset", func(t *testing.T) {
		is := is.New(t)
		wire := byClose("hello")
		peer := zreqtest.NewPeer(t, append([]zreqtest.Step{zreqtest.Fault(memnet.Faults{ResetReadAfter: int64(len(wire))})}, answering(wire)...))
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer})
		is.True(errors.Is(err, zreq.ErrTruncated)) // a reset is no end
		is.True(errors.Is(err, memnet.ErrReset))
		closed(is, peer, resp, zreq.CloseFailed)
	})
}

// TestTruncationOfHead: a head that ends early is ErrTruncated, and no response
// at all ErrConnect.
func TestTruncationOfHead(t *testing.T) {
	const whole = "HTTP/1.1 100 Go on\r\n\r\nHTTP/1.1 204 No Content\r\nX: y\r\n\r\n"
	for n := range len(whole) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, append(answering(whole[:n]), zreqtest.CloseWrite()))
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer})
		is.True(resp == nil) // there is no final head
		e := failure(is, err)
		is.Equal(e.Phase, zreq.PhaseHead)
		is.Equal(e.Received, int64(0))
		is.Equal(errors.Is(err, zreq.ErrConnect), n == 0)  // nothing came
		is.Equal(errors.Is(err, zreq.ErrTruncated), n > 0) // something came, and not all
		is.True(!zreq.SafeToRetry(err))                    // the request had gone out
		is.Equal(peer.Open(), 0)
	}
}
