package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"

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
					is.True(strings.Contains(err.Error(), fmt.Sprintf(": after %d ", tt.received)))
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

// cuts are the ways in which a connection ends after so many bytes.
var cuts = map[string]func(wire string, n int) []zreqtest.Step{
	"end": func(wire string, n int) []zreqtest.Step {
		return append(answering(wire[:n]), zreqtest.CloseWrite())
	},
	"end with the data": func(wire string, n int) []zreqtest.Step {
		return append(steps(zreqtest.Fault(memnet.Faults{EOFAfter: int64(n), EOFWithData: true})), answering(wire)...)
	},
	"reset": func(wire string, n int) []zreqtest.Step {
		return append(steps(zreqtest.Fault(memnet.Faults{ResetReadAfter: int64(n)})), answering(wire)...)
	},
}

// testPullTruncated cuts a body at every byte: never is a part taken for all.
func testPullTruncated(t *testing.T) {
	body := numbered(37)
	for _, f := range framings {
		wire := f.wire(body)
		head := strings.Index(wire, "\r\n\r\n") + 4
		for how, cut := range cuts {
			for way, take := range ways {
				t.Run(f.name+"/"+how+"/"+way, func(t *testing.T) {
					for n := head; n < len(wire); n++ {
						truncated(t, f, zreqtest.NewPeer(t, cut(wire, n)), body, n-head, how == "reset", way, take)
						if t.Failed() {
							t.Fatalf("cut after %d bytes of the body", n-head)
						}
					}
				})
			}
		}
	}
}

func truncated(t *testing.T, f framing, peer *zreqtest.Peer, body string, came int, reset bool, way string, take func(*zreq.Response) (string, error)) {
	is := is.New(t)
	resp := opened(t, zreq.Args{Driver: peer})
	got, err := take(resp)
	is.True(!resp.Complete())                           // a part is never all
	is.True(got == body[:len(got)] && len(got) <= came) // what came is right
	switch {
	case f.ends && !reset && isContent(way):
		is.NoErr(err) // nothing says that it is not whole; Complete says that nothing says so
		is.Equal(len(got), came)
		letGo(is, resp, peer)
		return
	case f.ends && !reset:
		is.True(errors.Is(err, zreq.ErrUnframed)) // nothing proves that it is whole
		is.True(!errors.Is(err, zreq.ErrTruncated))
	default:
		is.True(errors.Is(err, zreq.ErrTruncated))
		is.Equal(errors.Is(err, memnet.ErrReset), reset) // the socket's error is reachable
	}
	is.True(!errors.Is(err, io.EOF)) // which says that all is well
	e := failure(is, err)
	is.Equal(e.Phase, zreq.PhaseBody)
	is.Equal(e.Method, "GET")
	is.Equal(e.URL, site)
	is.Equal(e.Attempt, 1)
	is.Equal(e.Sent, int64(len(peer.Requests()[0]))) // the facts of the call
	is.True(!zreq.SafeToRetry(err))
	is.True(!e.Timeout())
	if f.name != "chunked" {
		is.Equal(e.Received, int64(came)) // how much came is told
	}
	switch {
	case isChunks(way):
		size := 0
		_, _ = fmt.Sscanf(way, "Chunks of %d", &size)
		is.Equal(len(got), int(e.Received)/size*size) // a chunk that is not whole is not given out
	default:
		is.Equal(e.Received, int64(len(got))) // all that came was given out
	}
	if !isChunks(way) { // which has closed it
		again, err := take(resp)
		is.True(again == "" || isContent(way) && again == got)
		is.Equal(failure(is, err), e) // the error comes again, and is the same
	}
	closed(is, peer, resp, zreq.CloseFailed)
	is.NoErr(resp.Close()) // needless, and harmless
	_, err = resp.Read(make([]byte, 1))
	is.True(err != nil && err != io.EOF) // whatever is done with it
}

// TestPullUntilClose: what the caller allows, or TLS proves, makes the end of the
// connection the end of the body.
func TestPullUntilClose(t *testing.T) {
	for name, tt := range map[string]struct {
		url      string
		args     zreq.Args
		ok       bool
		complete bool
	}{
		"nothing proves it":       {site, zreq.Args{}, false, false},
		"allowed":                 {site, zreq.Args{AllowUnframed: true}, true, false},
		"TLS, no proof":           {secure, zreq.Args{TLS: &seal{}}, false, false},
		"TLS, no proof, allowed":  {secure, zreq.Args{TLS: &seal{}, AllowUnframed: true}, true, false},
		"TLS that proves it":      {secure, zreq.Args{TLS: &seal{proves: true}}, true, true},
		"any status is not a way": {site, zreq.Args{StreamAnyStatus: true}, false, false},
	} {
		for way, take := range ways {
			t.Run(name+"/"+way, func(t *testing.T) {
				is := is.New(t)
				peer := ends(t, byClose("hello"))
				tt.args.Driver, tt.args.Stream, tt.args.Headers = peer, true, asks()
				resp, err := zreq.Get(context.Background(), tt.url, &tt.args)
				is.NoErr(err)
				got, err := take(resp)
				if !isChunks(way) || tt.ok {
					is.Equal(got, "hello")
				}
				if tt.ok || isContent(way) {
					is.NoErr(err)
				} else {
					is.True(errors.Is(err, zreq.ErrUnframed))
					is.Equal(failure(is, err).Received, int64(5))
				}
				is.Equal(resp.Complete(), tt.complete) // says whether it is sure
				is.True(resp.Connection == nil)
				letGo(is, resp, peer)
			})
		}
	}
}

// TestAnySplitPullsTheSame: any cut of the same bytes is the same body, in every
// way of taking it.
func TestAnySplitPullsTheSame(t *testing.T) {
	text := []byte(numbered(400))
	synctest.Test(t, func(t *testing.T) {
		for seed := range uint64(splitsOf(5000)) {
			if wrong := pullSplit(seed, text); wrong != "" {
				t.Errorf("seed %d: %s", seed, wrong)
			}
		}
	})
}

// pullSplit takes a body that arrives as seed says, in the way it says, and
// returns what is wrong.
func pullSplit(seed uint64, text []byte) string {
	c := newSplitCase(seed, text)
	c.args.StreamCallback, c.args.StreamChunk, c.args.Stream = nil, 0, true
	resp, err := zreq.Get(context.Background(), site, &c.args)
	if err != nil {
		return err.Error()
	}
	random := rand.New(rand.NewPCG(seed, 2))
	var got string
	for err == nil && random.IntN(4) > 0 {
		var p []byte
		p, err = resp.ReadN(1 + random.IntN(100))
		got += string(p)
	}
	size := 1 << random.IntN(10)
	var rest string
	switch way := random.IntN(4); {
	case err == io.EOF:
		err = nil
	case err != nil:
	case got == "" && way == 0:
		rest, err = resp.Text()
	case way == 1:
		rest, err = chunked(resp, size)
	case way == 2:
		rest, err = saved(resp, make([]byte, size-1))
	default:
		rest, err = readBy(resp, size)
	}
	switch got += rest; {
	case err != nil:
		return err.Error()
	case got != string(c.body):
		return fmt.Sprintf("got %q of %q", got, c.body)
	case !resp.Complete():
		return "it was whole, and Complete says no"
	}
	return ""
}
