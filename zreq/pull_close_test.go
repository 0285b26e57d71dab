package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// drivers are a driver that can look at its connections, and one that cannot.
var drivers = map[string]func(netdriver.Driver) netdriver.Driver{
	"Checker": func(d netdriver.Driver) netdriver.Driver { return d },
	"bare":    memnet.Bare,
}

// untilIdle closes r and says how long that took.
func untilIdle(is *is.I, r *zreq.Response) time.Duration {
	is.Helper()
	began := time.Now()
	is.NoErr(r.Close())
	return time.Since(began)
}

// testPullClose is the rule of design 6: what is left of a body is read if at most
// 4 KiB are known to remain, or it lies in the read buffer; else the connection is
// closed. The next call is served in either case.
func testPullClose(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\nContent-Length: 4200\r\n\r\n"
	late := func(s string) []zreqtest.Step { return steps(zreqtest.Pause(500*time.Millisecond), zreqtest.Send(s)) }
	chunkedHead := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	inTwo := func(n int) []zreqtest.Step { // a head, and later n bytes
		return append(steps(zreqtest.Send(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", n))), late(numbered(n))...)
	}
	for name, tt := range map[string]struct {
		script []zreqtest.Step
		read   int
		args   zreq.Args
		why    zreq.CloseReason
		took   time.Duration
	}{
		"4 KiB to come":           {script: inTwo(4096), took: 500 * time.Millisecond},
		"a byte more to come":     {script: inTwo(4097), why: zreq.CloseUnread},
		"a byte to come":          {script: inTwo(1), took: 500 * time.Millisecond},
		"all in the buffer":       {script: steps(zreqtest.Send(byLength(numbered(2000))))},
		"much in a large buffer":  {script: steps(zreqtest.Send(byLength(numbered(60_000)))), args: zreq.Args{Limits: zreq.Limits{ReadBuffer: 64 << 10}}},
		"much, and a small one":   {script: steps(zreqtest.Send(byLength(numbered(60_000)))), why: zreq.CloseUnread},
		"a buffer and 4 KiB":      {script: steps(zreqtest.Send(byLength(numbered(8192 - len(head)))))},
		"a buffer, 4 KiB, a byte": {script: steps(zreqtest.Send(byLength(numbered(8193 - len(head))))), why: zreq.CloseUnread},
		"enough was read":         {script: inTwo(10_000), read: 10_000 - 4096},
		"in the middle":           {script: inTwo(10_000), read: 1000, why: zreq.CloseUnread},
		"the last byte":           {script: inTwo(10_000), read: 9999},
		"the end":                 {script: inTwo(10_000), read: 10_000},
		"chunks in the buffer":    {script: steps(zreqtest.Send(byChunks(numbered(1000))))},
		"chunks, one read":        {script: steps(zreqtest.Send(byChunks(numbered(1000)))), read: 1},
		"chunks, the end to come": {script: append(steps(zreqtest.Send(chunkedHead+chunks("hello"))), late("0\r\n\r\n")...), read: 5, why: zreq.CloseUnread},
		"a chunk to come":         {script: append(steps(zreqtest.Send(chunkedHead+"5\r\nhe")), late("llo\r\n0\r\n\r\n")...), why: zreq.CloseUnread},
		"more than the response":  {script: steps(zreqtest.Send(byLength("hello")+"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"), zreqtest.Hold()), why: zreq.CloseLeftover},
		"until close":             {script: steps(zreqtest.Send(byClose("hello"))), why: zreq.CloseUnread},
		"the peer closes":         {script: steps(zreqtest.Send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello")), why: zreq.CloseByPeer},
		"bad chunks":              {script: steps(zreqtest.Send(chunkedHead + "xyz")), why: zreq.CloseFailed},
		"a short body":            {script: steps(zreqtest.Send(byLength("hello")[:40]), zreqtest.Close()), why: zreq.CloseUnread},
		"silence":                 {script: steps(zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe"), zreqtest.Hold()), why: zreq.CloseUnread, took: time.Second},
		"drips":                   {script: steps(zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n"), zreqtest.Drip(numbered(50), 300*time.Millisecond)), why: zreq.CloseUnread, took: time.Second},
		"silence, no limit":       {script: steps(zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe"), zreqtest.Hold()), why: zreq.CloseUnread, took: time.Second, args: zreq.Args{Timeouts: zreq.Timeouts{Body: -1}}},
		"silence, low speed":      {script: steps(zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe"), zreqtest.Hold()), why: zreq.CloseUnread, took: time.Second, args: zreq.Args{Timeouts: zreq.Timeouts{LowSpeed: zreq.LowSpeed{Bytes: 1, In: time.Millisecond}}}},
		"the request said so":     {script: inTwo(50), args: zreq.Args{Headers: zreq.Headers{{"Connection", "close"}}}, why: zreq.CloseRequested},
	} {
		for dial, over := range drivers {
			t.Run(name+"/"+dial, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					peer := zreqtest.NewPeer(t, append(append(steps(zreqtest.Request()), tt.script...), answering(byLength("next"))...), answering(byLength("another")))
					conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: over(peer)})
					is.NoErr(err)
					tt.args.Connection = conn
					if tt.args.Limits.ReadBuffer == 0 {
						tt.args.Limits.ReadBuffer = 4 << 10
					}
					resp := opened(t, tt.args)
					_, err = io.ReadFull(resp, make([]byte, tt.read))
					is.NoErr(err)
					took := untilIdle(is, resp)
					is.True(took >= tt.took && took <= tt.took*9/8) // it does not wait long
					is.Equal(resp.CloseReason(), tt.why)
					is.Equal(resp.Connection == conn, tt.why == zreq.CloseNone) // handed back, if it can be used
					is.Equal(peer.Open() == 1, tt.why == zreq.CloseNone)        // and else closed
					is.Equal(resp.Complete(), tt.read == 10_000)                // whoever has not read it all has not seen the end
					is.Equal(untilIdle(is, resp), time.Duration(0))             // twice is harmless
					_, err = resp.Read(make([]byte, 1))
					is.True(errors.Is(err, zreq.ErrBodyConsumed) || resp.Complete() && err == io.EOF) // closed is closed, and the end is the end
					next, err := zreq.Get(context.Background(), site, &zreq.Args{Connection: conn})
					is.NoErr(err)
					is.Equal(content(is, next) == "next", tt.why == zreq.CloseNone) // its own answer, on the same connection
					is.Equal(content(is, next) == "another", tt.why != zreq.CloseNone)
					letGo(is, next, peer)
				})
			})
		}
	}
}

// testPullCloseAtTheEnd: the end was read, and Close changes nothing.
func testPullCloseAtTheEnd(t *testing.T) {
	for _, f := range framings {
		for way, take := range ways {
			t.Run(f.name+"/"+way, func(t *testing.T) {
				is := is.New(t)
				peer := ends(t, f.wire("hello"))
				resp := opened(t, zreq.Args{Driver: peer, AllowUnframed: true})
				_, err := take(resp)
				is.NoErr(err)
				conn, why := resp.Connection, resp.CloseReason()
				is.NoErr(resp.Close())
				is.True(resp.Connection == conn && resp.CloseReason() == why && resp.Complete() != f.ends)
				got, err := take(resp)
				is.NoErr(err) // the end is the end
				if isContent(way) {
					is.Equal(got, "hello") // and content stays
				} else {
					is.Equal(got, "")
				}
				letGo(is, resp, peer)
			})
		}
	}
}

// TestPullBusy: while a body is open its connection is in use; whoever asks for it
// is refused, and disturbs nothing.
func TestPullBusy(t *testing.T) {
	for _, f := range framings[:2] {
		t.Run(f.name, func(t *testing.T) {
			is := is.New(t)
			body := numbered(9001)
			peer := answers(t, f.wire(body), byLength("next"))
			conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
			is.NoErr(err)
			resp := opened(t, zreq.Args{Connection: conn})
			var got []byte
			for range 3 {
				p, err := resp.ReadN(1000)
				is.NoErr(err)
				got = append(got, p...)
				other, err := zreq.Get(context.Background(), site, &zreq.Args{Connection: conn})
				is.True(errors.Is(err, zreq.ErrBusy)) // the body comes first
				is.True(other == nil)
				is.Equal(failure(is, err).Sent, int64(0))
			}
			rest, err := resp.ReadN(0)
			is.NoErr(err)
			is.True(string(got)+string(rest) == body) // undisturbed
			next, err := zreq.Get(context.Background(), site, &zreq.Args{Connection: conn})
			is.NoErr(err) // free at the end, without a Close
			is.Equal(content(is, next), "next")
			is.Equal(peer.Dials(), 1)
			letGo(is, next, peer)
		})
	}
}

// testPullNeverPoisons leaves bodies of many sizes at many points, and asks for
// another thing on the same connection: each response is that of its request.
func testPullNeverPoisons(t *testing.T) {
	for name, answer := range map[string]func(string) string{
		"length":  withLength,
		"chunked": func(body string) string { return inChunks(body, 700) },
	} {
		for dial, over := range drivers {
			t.Run(name+"/"+dial, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					n := memnet.New()
					serveEach(t, n, nil, func(path string) string {
						var size int
						_, _ = fmt.Sscanf(path, "/%d", &size)
						return answer(bodyOf(path, size))
					})
					neverPoisons(t, n, over(n))
				})
			})
		}
	}
}

func neverPoisons(t *testing.T, n *memnet.Net, driver netdriver.Driver) {
	is := is.New(t)
	conn, err := zreq.Connect(context.Background(), "http://device.test", &zreq.Args{Driver: driver})
	is.NoErr(err)
	var into zreq.Response
	kept := 0
	for _, size := range []int{0, 1, 100, 4000, 4096, 5000, 8300, 20_000, 100_000} {
		for _, read := range []int{0, 1, 99, 4000, 4999, 8192, 19_999, 20_000} {
			path := fmt.Sprintf("/%d/%d/", size, read)
			resp, err := zreq.Get(context.Background(), "http://device.test"+path, &zreq.Args{
				Connection: conn, Stream: true, Into: &into, Limits: zreq.Limits{ReadBuffer: 4 << 10},
			})
			is.NoErr(err)
			p := make([]byte, min(read, size))
			_, err = io.ReadFull(resp, p)
			is.NoErr(err)
			is.True(string(p) == bodyOf(path, size)[:len(p)]) // its own answer
			dials := conn.Dials()
			is.NoErr(resp.Close())
			resp, err = zreq.Get(context.Background(), "http://device.test"+path+"next", &zreq.Args{Connection: conn})
			is.NoErr(err)
			is.True(content(is, resp) == bodyOf(path+"next", size)) // and never what was left of another
			if conn.Dials() == dials {
				kept++
			}
			is.True(conn.Dials() == dials || size-read > 4096 || size > 700) // a small rest does not cost the connection
		}
	}
	is.True(kept >= 20 && kept < 60) // some were kept, some were not
	is.NoErr(conn.Close())
	is.Equal(n.Open(), 0)
}

// testPullOfAllThatIs: who reads as many bytes as Len says has the end with the last
// of them. The connection is given back without another Read, and without Close.
func testPullOfAllThatIs(t *testing.T) {
	body := numbered(9000)
	for name, tt := range map[string]struct {
		answer string
		read   func(r *zreq.Response, n int) error
	}{
		"ReadFull":               {byLength(body), whole},
		"ReadN":                  {byLength(body), func(r *zreq.Response, n int) error { _, err := r.ReadN(n); return err }},
		"a byte at a time":       {byLength(body), func(r *zreq.Response, n int) error { return readFull(r, n, 1) }},
		"into a large buffer":    {byLength(body), func(r *zreq.Response, n int) error { return readFull(r, n, 64<<10) }},
		"chunked, all that came": {byChunks(body), whole},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := answers(t, tt.answer, byLength("next"))
			s := &zreq.Session{Driver: peer, Pool: zreq.PoolLimits{OpenPerOrigin: 1}}
			defer s.Close()
			resp, err := s.Get(context.Background(), site, &zreq.Args{Stream: true})
			is.NoErr(err)
			is.NoErr(tt.read(resp, len(body)))
			is.True(resp.Complete())
			is.Equal(s.Stats().Idle, 1) // whoever comes next need not wait
			next, err := s.Get(context.Background(), site, nil)
			is.NoErr(err)
			is.Equal(content(is, next), "next")
			_, err = resp.Read(make([]byte, 1))
			is.Equal(err, io.EOF) // and the end is the end
			is.NoErr(resp.Close())
			is.Equal(peer.Dials(), 1)
		})
	}
}

// readFull reads n bytes in pieces of that size, or the size given.
func readFull(r *zreq.Response, n int, size ...int) error {
	p := make([]byte, append(size, n)[0])
	for n > 0 {
		m, err := r.Read(p)
		if n -= m; err != nil {
			return err
		}
	}
	return nil
}

// TestPullOfAllThatIsCancelled: what has come whole is whole, also if the context
// ended meanwhile; but its connection is not used again.
func TestPullOfAllThatIsCancelled(t *testing.T) {
	is := is.New(t)
	ctx, cancel := context.WithCancel(context.Background())
	peer := answers(t, byLength("hello"))
	resp, err := zreq.Get(ctx, site, &zreq.Args{Driver: peer, Stream: true, Headers: asks()})
	is.NoErr(err)
	is.NoErr(readFull(resp, 4))
	cancel()
	is.NoErr(readFull(resp, 1))
	_, err = resp.Read(make([]byte, 1))
	is.Equal(err, io.EOF)
	is.True(resp.Complete())
	closed(is, peer, resp, zreq.CloseCancelled)
}

func whole(r *zreq.Response, n int) error { return readFull(r, n) }
