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

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/wire"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// testLimits: everything a peer can make large has a limit, in every mode. What
// is just within it passes; a byte more is ErrTooLarge and closes.
func testLimits(t *testing.T) {
	pad := func(n int) string { return strings.Repeat("x", n) }
	head := func(n int) string {
		const empty = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: \r\n\r\n"
		return strings.Replace(empty, "X: ", "X: "+pad(n-len(empty)), 1) + "hi"
	}
	fields := func(n int) string {
		return "HTTP/1.1 200 OK\r\n" + strings.Repeat("X: y\r\n", n-1) + "Content-Length: 2\r\n\r\nhi"
	}
	informational := func(n int) string {
		return strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", n) + page(200, "hi")
	}
	chunkLine := func(n int) string {
		return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nh\r\n1;" + pad(n-4) + "\r\ni\r\n0\r\n\r\n"
	}
	trailers := func(n int) string {
		return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX: " + pad(n-len("X: \r\n\r\n")) + "\r\n\r\n"
	}
	trailerFields := func(n int) string {
		return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n" + strings.Repeat("X: y\r\n", n) + "\r\n"
	}
	for name, tt := range map[string]struct {
		limits   zreq.Limits
		at       int // the limit
		wire     func(n int) string
		rule     error
		received int64
	}{
		"head":                    {zreq.Limits{HeadBytes: 300}, 300, head, wire.ErrHeadTooLarge, 0},
		"head, by default":        {zreq.Limits{}, 16 << 10, head, wire.ErrHeadTooLarge, 0},
		"head, small buffer":      {zreq.Limits{HeadBytes: 5000, ReadBuffer: 64}, 5000, head, wire.ErrHeadTooLarge, 0},
		"fields":                  {zreq.Limits{Fields: 5}, 5, fields, wire.ErrTooManyFields, 0},
		"fields, by default":      {zreq.Limits{}, 128, fields, wire.ErrTooManyFields, 0},
		"1xx":                     {zreq.Limits{Informational: 2}, 2, informational, wire.ErrTooManyInformational, 0},
		"1xx, by default":         {zreq.Limits{}, 8, informational, wire.ErrTooManyInformational, 0},
		"chunk line":              {zreq.Limits{ChunkLine: 50}, 50, chunkLine, wire.ErrChunkLineTooLong, 1},
		"chunk line, by default":  {zreq.Limits{}, 1 << 10, chunkLine, wire.ErrChunkLineTooLong, 1},
		"trailers":                {zreq.Limits{TrailerBytes: 100}, 100, trailers, wire.ErrTrailersTooLarge, 2},
		"trailers, by default":    {zreq.Limits{}, 4 << 10, trailers, wire.ErrTrailersTooLarge, 2},
		"trailers, small buffer":  {zreq.Limits{ReadBuffer: 64}, 4 << 10, trailers, wire.ErrTrailersTooLarge, 2},
		"trailer fields":          {zreq.Limits{Fields: 3}, 3, trailerFields, wire.ErrTooManyFields, 2},
		"trailer fields, default": {zreq.Limits{}, 128, trailerFields, wire.ErrTooManyFields, 2},
	} {
		for _, mode := range []string{"content", "callback", "any status", "DropHead"} {
			t.Run(name+"/"+mode, func(t *testing.T) {
				is := is.New(t)
				args := zreq.Args{Limits: tt.limits, Headers: asks(), DropHead: mode == "DropHead"}
				s := new(sink)
				if mode == "callback" || mode == "any status" {
					args.StreamCallback, args.StreamAnyStatus = s.take, mode == "any status"
				}
				args.Driver = answers(t, tt.wire(tt.at))
				resp, err := zreq.Get(context.Background(), site, &args)
				is.NoErr(err) // at the limit
				is.Equal(content(is, resp), "hi")
				is.NoErr(resp.Connection.Close())

				peer := answers(t, tt.wire(tt.at+1))
				args.Driver = peer
				resp, err = zreq.Get(context.Background(), site, &args)
				is.True(errors.Is(err, zreq.ErrTooLarge)) // beyond it
				is.True(errors.Is(err, tt.rule))          // the limit is named
				is.True(errors.Is(err, zreq.ErrResponse)) // it is the peer's doing
				is.Equal(failure(is, err).Received, tt.received)
				is.Equal(peer.Open(), 0) // the connection is closed
				is.Equal(resp == nil, tt.received == 0)
			})
		}
	}
}

// testLimitsOfContent: a body that is buffered has a limit, known in advance or
// not, and the error names it and the way around it.
func testLimitsOfContent(t *testing.T) {
	for _, f := range framings {
		t.Run(f.name, func(t *testing.T) {
			is := is.New(t)
			body := numbered(5000)
			args := zreq.Args{Limits: zreq.Limits{Content: 5000}}
			args.Driver = ends(t, f.wire(body))
			resp, err := zreq.Get(context.Background(), site, &args)
			is.NoErr(err) // at the limit
			is.Equal(content(is, resp), body)

			peer := ends(t, f.wire(body+"x"))
			args.Driver = peer
			resp, err = zreq.Get(context.Background(), site, &args)
			is.True(errors.Is(err, zreq.ErrTooLarge)) // beyond it
			for _, word := range []string{"Limits.Content", "StreamCallback"} {
				is.True(strings.Contains(err.Error(), word)) // the limit, and the cure
			}
			is.True(!errors.Is(err, zreq.ErrResponse)) // the peer has done nothing wrong
			_, cut := resp.Content()
			is.True(errors.Is(cut, zreq.ErrTooLarge)) // the content is not whole
			closed(is, peer, resp, zreq.CloseFailed)

			s := new(sink)
			args.Driver, args.StreamCallback, args.AllowUnframed = ends(t, f.wire(body+"x")), s.take, true
			_, err = zreq.Get(context.Background(), site, &args)
			is.NoErr(err) // a callback takes any length
			is.Equal(len(s.body), 5001)
		})
	}
	t.Run("by default 1 MiB", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, answering(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", 1<<20+1)))
		_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer})
		is.True(errors.Is(err, zreq.ErrTooLarge)) // a length that is known is refused at once
		is.Equal(failure(is, err).Received, int64(0))
	})
	t.Run("on the peer's word alone", func(t *testing.T) {
		is := is.New(t)
		peer := ends(t, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nhi")
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer})
		is.True(errors.Is(err, zreq.ErrTruncated))
		p, _ := resp.Content()
		is.Equal(string(p), "hi")
		is.True(cap(p) <= 64<<10) // a length costs the peer nothing, so it buys little
	})
	t.Run("into a small Content again", func(t *testing.T) {
		is := is.New(t)
		var into zreq.Response
		_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: ends(t, byLength(numbered(5000))), Into: &into})
		is.NoErr(err)
		_, err = zreq.Get(context.Background(), site, &zreq.Args{Driver: ends(t, byLength("hello")), Into: &into, Limits: zreq.Limits{Content: 4}})
		is.True(errors.Is(err, zreq.ErrTooLarge)) // the memory that is there is no licence
	})
}

// TestLimitsOfBody: Limits.Body bounds a body in every framing and in every mode, and
// none by default.
func TestLimitsOfBody(t *testing.T) {
	for _, size := range []int{13, 5_000, 100_000} {
		body := numbered(size)
		for _, f := range framings {
			for name, limit := range map[string]int64{"none": 0, "as long": int64(size), "a byte less": int64(size) - 1, "one byte": 1} {
				limits := zreq.Limits{Body: limit}
				fits := limit == 0 || limit >= int64(size)
				args := zreq.Args{Limits: limits, AllowUnframed: true}
				check := func(is *is.I, got string, err error) {
					is.Helper()
					if fits {
						is.NoErr(err)
						is.True(got == body)
						return
					}
					is.True(errors.Is(err, zreq.ErrTooLarge))
					is.Equal(failure(is, err).Phase, zreq.PhaseBody)
					is.True(int64(len(got)) <= limit && got == body[:len(got)]) // never more than that
					if f.name == "length" {
						is.Equal(got, "") // which was known at the head
					}
				}
				t.Run(fmt.Sprint(size, f.name, "/", name), func(t *testing.T) {
					is := is.New(t)
					for _, chunk := range []int{1, 512, 4096, 50_000} {
						s := new(sink)
						args := args
						args.Driver, args.StreamCallback, args.StreamChunk = ends(t, f.wire(body)), s.take, chunk
						_, err := zreq.Get(context.Background(), site, &args)
						check(is, string(s.body), err)
					}
					for way, take := range ways {
						if isContent(way) {
							continue
						}
						args := args
						args.Driver = ends(t, f.wire(body))
						resp := opened(t, args)
						got, err := take(resp)
						check(is, got, err)
						is.NoErr(resp.Close())
					}
					args := args
					args.Driver = ends(t, f.wire(body))
					resp := opened(t, args)
					w := new(receiver)
					_, err := resp.WriteTo(w)
					check(is, w.String(), err)
				})
			}
		}
	}
}

// TestLimitsOfBodyInMemory: of a body that is buffered the smaller of two limits counts,
// and the error names it. An error page is cut, and does not hide the status.
func TestLimitsOfBodyInMemory(t *testing.T) {
	is := is.New(t)
	body := numbered(100)
	for _, stream := range []bool{false, true} {
		for _, f := range framings {
			for _, limits := range []zreq.Limits{{Body: 99}, {Body: 99, Content: 100}, {Body: 1000, Content: 99}} {
				args := &zreq.Args{Driver: ends(t, f.wire(body)), Limits: limits, Stream: stream}
				resp, err := zreq.Get(context.Background(), site, args)
				if stream {
					is.NoErr(err)
					_, err = resp.Content()
				}
				is.True(errors.Is(err, zreq.ErrTooLarge))
				names := "Limits.Body"
				if limits.Content == 99 {
					names = "Limits.Content"
				}
				is.True(strings.Contains(err.Error(), names))
			}
		}
		args := &zreq.Args{Driver: ends(t, page(404, body)), Limits: zreq.Limits{Body: 99}, Stream: stream}
		resp, err := zreq.Get(context.Background(), site, args)
		is.NoErr(err)
		got, cut := resp.Content()
		is.Equal(string(got), body[:99])
		is.True(errors.Is(cut, zreq.ErrTooLarge))
		is.True(strings.Contains(cut.Error(), "Limits.Body"))
		failure(is, cut)
	}
	args := &zreq.Args{Driver: ends(t, page(404, body)), Limits: zreq.Limits{Body: 99}, StreamCallback: func([]byte) error { panic("called") }}
	resp, err := zreq.Get(context.Background(), site, args)
	is.True(errors.Is(err, zreq.ErrStatus)) // what was refused was the status
	is.Equal(content(is, resp), body[:99])
	head := "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
	_, err = zreq.Head(context.Background(), site, &zreq.Args{Driver: answers(t, head), Limits: zreq.Limits{Body: 1}})
	is.NoErr(err) // no body comes
	_, err = zreq.Get(context.Background(), site, &zreq.Args{Driver: answers(t), Limits: zreq.Limits{Body: -1}})
	is.True(errors.Is(err, zreq.ErrRequest))
}

// TestLimitsOfBodyOfASession: what a call leaves open is as the Session has it.
func TestLimitsOfBodyOfASession(t *testing.T) {
	is := is.New(t)
	s := &zreq.Session{Driver: answers(t, byLength("hello"), byLength("hello")), Limits: zreq.Limits{Body: 4}}
	defer s.Close()
	_, err := s.Get(context.Background(), site, &zreq.Args{Limits: zreq.Limits{Body: 5}})
	is.NoErr(err)
	_, err = s.Get(context.Background(), site, nil)
	is.True(errors.Is(err, zreq.ErrTooLarge))
}

// queueing dials connections whose system still holds what held says, that long after
// the dial.
type queueing struct {
	netdriver.Driver
	held func(since time.Duration) int
}

type queueingConn struct {
	*memnet.Conn
	began time.Time
	held  func(time.Duration) int
}

func (d queueing) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := d.Driver.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return queueingConn{c.(*memnet.Conn), time.Now(), d.held}, nil
}

func (c queueingConn) Queued() int { return c.held(time.Since(c.began)) }

// TestHeadLimitBehindABody: Timeouts.Head begins when the last of the body has left the
// system, as well as that can be told, and not when the driver has taken it. Until then
// Timeouts.Write holds.
func TestHeadLimitBehindABody(t *testing.T) {
	const head, write = 3 * time.Second, 5 * time.Second
	for name, tt := range map[string]struct {
		held  func(time.Duration) int
		began time.Duration // the limit
		limit time.Duration
	}{
		"all has left":     {func(time.Duration) int { return 0 }, 0, head},
		"it leaves slowly": {func(t time.Duration) int { return max(0, 1000-int(t/(10*time.Millisecond))) }, 10 * time.Second, head},
		"it leaves at the last moment": {func(t time.Duration) int {
			if t < write-time.Millisecond {
				return 1000
			}
			return 0
		}, write - time.Millisecond, head},
		"nothing leaves": {func(time.Duration) int { return 1000 }, 0, write},
		"half of it leaves": {func(t time.Duration) int {
			return max(500, 1000-int(t/time.Millisecond))
		}, 500 * time.Millisecond, write},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Hold()})
				began := time.Now()
				_, err := zreq.Put(context.Background(), site, &zreq.Args{
					Driver: queueing{peer, tt.held}, Timeouts: zreq.Timeouts{Head: head, Write: write}, Body: strings.NewReader("hello"),
				})
				took := time.Since(began) - tt.began
				limit := map[time.Duration]string{head: "Timeouts.Head of 3s", write: "Timeouts.Write of 5s"}[tt.limit]
				is.True(strings.Contains(err.Error(), limit+" is over"))
				is.True(took >= tt.limit)            // never early
				is.True(took <= tt.limit+tt.limit/8) // and at most an eighth late
			})
		})
	}
	t.Run("an answer behind it", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Pause(4 * time.Second), zreqtest.Send(noContent)})
			held := func(t time.Duration) int { return max(0, 200-int(t/(10*time.Millisecond))) }
			_, err := zreq.Put(context.Background(), site, &zreq.Args{
				Driver: queueing{peer, held}, Timeouts: zreq.Timeouts{Head: head}, Body: strings.NewReader("hello"),
			})
			is.NoErr(err)
		})
	})
	t.Run("the call is cancelled", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Hold()})
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			began := time.Now()
			_, err := zreq.Put(ctx, site, &zreq.Args{
				Driver: queueing{peer, func(time.Duration) int { return 1000 }}, Body: strings.NewReader("hello"),
			})
			is.True(errors.Is(err, context.DeadlineExceeded))
			is.Equal(time.Since(began), time.Second)
		})
	})
}

// TestAnnouncedPageOverLimitsOfBody: Limits.Body holds for an error page, too, that a
// callback takes.
func TestAnnouncedPageOverLimitsOfBody(t *testing.T) {
	is := is.New(t)
	whole := page(404, numbered(100))
	peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Send(whole[:len(whole)-95]), zreqtest.Hold()})
	_, err := zreq.Get(context.Background(), site, &zreq.Args{
		Driver: peer, Limits: zreq.Limits{Body: 10}, StreamAnyStatus: true, StreamChunk: 5,
		StreamCallback: func(chunk []byte) error { t.Errorf("%q was passed on", chunk); return nil },
	})
	is.True(errors.Is(err, zreq.ErrTooLarge))
}
