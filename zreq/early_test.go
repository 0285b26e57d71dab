package zreq_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// testEarlyAnswer: a server that will not have the body says why and closes. Its
// answer is the response, not the broken connection (RFC 9112, 9.5).
func testEarlyAnswer(t *testing.T) {
	large := func() *bytes.Reader { return bytes.NewReader(make([]byte, 1<<20)) }
	refusal := []zreqtest.Step{zreqtest.Head(), zreqtest.Send(page(413, "too large")), zreqtest.Close()}
	for name, bare := range map[string]bool{"a driver that can look": false, "a driver that cannot": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, append(answering(byLength("first")), refusal...))
				args := zreq.Args{Driver: peer, Headers: asks()}
				if bare {
					args.Driver = memnet.Bare(peer)
				}
				resp, err := zreq.Get(context.Background(), site, &args)
				is.NoErr(err)
				args.Connection, args.Body = resp.Connection, large()
				resp, err = zreq.Put(context.Background(), site, &args)
				is.NoErr(err) // a 413 is no error in itself
				is.Equal(resp.Status, 413)
				is.Equal(content(is, resp), "too large")
				is.Equal(resp.CloseReason(), zreq.CloseUnsent) // half a request lies on it
				is.True(resp.Connection == nil)
				is.Equal(peer.Open(), 0)
			})
		})
	}
	t.Run("with a callback", func(t *testing.T) {
		is := is.New(t)
		resp, err := zreq.Post(context.Background(), site, &zreq.Args{
			Driver: zreqtest.NewPeer(t, refusal), Body: large(), StreamCallback: func([]byte) error { panic("called") },
		})
		is.True(errors.Is(err, zreq.ErrStatus)) // the rules of the callback hold
		is.Equal(resp.Status, 413)
	})
	t.Run("cut short", func(t *testing.T) {
		is := is.New(t)
		script := []zreqtest.Step{zreqtest.Head(), zreqtest.Send("HTTP/1.1 200 OK\r\n\r\nhalf of it"), zreqtest.Close()}
		peer := memnet.Bare(zreqtest.NewPeer(t, script)) // so that a write fails first
		resp, err := zreq.Post(context.Background(), site, &zreq.Args{Driver: peer, Body: large()})
		is.True(errors.Is(err, zreq.ErrTruncated)) // an end beside an error of the connection proves nothing
		is.Equal(content(is, resp), "half of it")
	})
	t.Run("none", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Head(), zreqtest.Reset()})
		resp, err := zreq.Post(context.Background(), site, &zreq.Args{Driver: peer, Body: large()})
		is.True(resp == nil)
		is.True(errors.Is(err, zreq.ErrConnect))
		is.True(errors.Is(err, memnet.ErrReset))         // the failure to send is what is told
		is.Equal(failure(is, err).Phase, zreq.PhaseSend) // and its phase
		is.True(failure(is, err).Sent > 0)               // and that something went out
		is.True(!zreq.SafeToRetry(err))                  // so that it may have been acted on
		is.Equal(peer.Open(), 0)                         // nothing is left open
	})
}

// TestEarlyAnswerIsAwaited: after a write has failed the call listens for an answer for
// a second.
func TestEarlyAnswerIsAwaited(t *testing.T) {
	for name, tt := range map[string]struct {
		after time.Duration // the failure
		heard bool
	}{
		"within the second": {900 * time.Millisecond, true},
		"later":             {1200 * time.Millisecond, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				dying := &dyingDriver{Driver: zreqtest.NewPeer(t, []zreqtest.Step{
					zreqtest.Head(), zreqtest.Pause(tt.after), zreqtest.Send(page(413, "too large")), zreqtest.Hold(),
				})}
				began := time.Now()
				resp, err := zreq.Put(context.Background(), site, &zreq.Args{Driver: dying, Body: deadly{dying}})
				waited := time.Since(began)
				if tt.heard {
					is.NoErr(err)
					is.Equal(resp.Status, 413)
					is.Equal(waited, tt.after)
					return
				}
				is.True(errors.Is(err, errDead)) // the failure to send is what is told
				is.True(waited >= time.Second && waited <= time.Second+time.Second/8)
			})
		})
	}
}

// deadly is a body after whose first byte, behind the head, nothing can be written.
type deadly struct{ d *dyingDriver }

func (b deadly) Read(p []byte) (int, error) {
	b.d.dead = true
	return copy(p, "x"), io.EOF
}

// testEarlyAnswerIsSeen: while the peer neither reads on nor closes, which no
// write tells of.
func testEarlyAnswerIsSeen(t *testing.T) {
	const soon = 100 * time.Millisecond
	refusal := page(413, "too large")
	for name, tt := range map[string]struct {
		say    []zreqtest.Step
		bare   bool
		within time.Duration // from the head of the request
	}{
		"at once":                   {[]zreqtest.Step{zreqtest.Send(refusal)}, false, soon},
		"late":                      {[]zreqtest.Step{zreqtest.Pause(10 * time.Second), zreqtest.Send(refusal)}, false, 10*time.Second + soon},
		"byte by byte":              {[]zreqtest.Step{zreqtest.Drip(refusal, 10*time.Millisecond)}, false, time.Second},
		"behind hints":              {[]zreqtest.Step{zreqtest.Send(hint), zreqtest.Pause(3 * time.Second), zreqtest.Send(goOn + hint + refusal)}, false, 3*time.Second + soon},
		"a driver that cannot look": {[]zreqtest.Step{zreqtest.Send(refusal)}, true, 34 * time.Second},
	} {
		for kind, body := range earlyBodies {
			t.Run(name+"/"+kind, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					peer := zreqtest.NewPeer(t, slices.Concat([]zreqtest.Step{zreqtest.Head()}, tt.say, []zreqtest.Step{zreqtest.Hold()}))
					args := zreq.Args{Driver: peer, Headers: asks(), Body: body()}
					if tt.bare {
						args.Driver = memnet.Bare(peer)
					}
					began := time.Now()
					resp, err := zreq.Put(context.Background(), site, &args)
					is.NoErr(err)
					is.True(time.Since(began) <= tt.within)
					is.Equal(resp.Status, 413)
					is.Equal(content(is, resp), "too large")
					closed(is, peer, resp, zreq.CloseUnsent)
				})
			})
		}
	}
}

// TestHintsDoNotStopAnUpload: a 1xx is no answer, however it comes.
func TestHintsDoNotStopAnUpload(t *testing.T) {
	for name, say := range map[string][]zreqtest.Step{
		"whole":          {zreqtest.Send(goOn + hint)},
		"in pieces":      {zreqtest.Send(hint[:20]), zreqtest.Read(100_000), zreqtest.Send(hint[20:] + goOn[:3]), zreqtest.Read(100_000), zreqtest.Send(goOn[3:])},
		"byte by byte":   {zreqtest.Drip(hint, time.Millisecond)},
		"and the answer": {zreqtest.Send(hint + "HTTP/1.1 200 OK")},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				size, read := 1<<20, 0
				if name == "in pieces" {
					read = 200_000
				}
				answer := byLength("stored")
				if name == "and the answer" {
					answer = strings.TrimPrefix(answer, "HTTP/1.1 200 OK")
				}
				script := slices.Concat([]zreqtest.Step{zreqtest.Head()}, say, []zreqtest.Step{zreqtest.Read(size - read), zreqtest.Send(answer)})
				resp, err := zreq.Put(context.Background(), site, &zreq.Args{
					Driver: zreqtest.NewPeer(t, script), Headers: asks(), Body: bytes.NewReader(make([]byte, size)),
				})
				is.NoErr(err)
				is.Equal(content(is, resp), "stored")
				is.True(resp.Connection != nil) // all was sent
			})
		})
	}
}

// TestPeerLeavesDuringUpload: an upload to nobody ends soon.
func TestPeerLeavesDuringUpload(t *testing.T) {
	for name, leave := range map[string][]zreqtest.Step{
		"its side ends": {zreqtest.CloseWrite(), zreqtest.Hold()},
		"it closes":     {zreqtest.Close()},
		"it resets":     {zreqtest.Reset()},
		"after a hint":  {zreqtest.Send(hint), zreqtest.CloseWrite(), zreqtest.Hold()},
		"garbage":       {zreqtest.Send("what is that?\r\n"), zreqtest.Hold()},
		"half a head":   {zreqtest.Send("HTTP/1.1 200 OK\r\nA: b"), zreqtest.CloseWrite(), zreqtest.Hold()},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, append([]zreqtest.Step{zreqtest.Head(), zreqtest.Read(100_000)}, leave...))
				body := bytes.NewReader(make([]byte, 64<<20))
				began := time.Now()
				resp, err := zreq.Put(context.Background(), site, &zreq.Args{Driver: peer, Body: body})
				is.True(resp == nil)
				is.True(err != nil)
				if name != "it closes" { // that is an end or a reset, by who comes first
					is.Equal(errors.Is(err, io.EOF), name == "its side ends") // without a word
				}
				is.True(time.Since(began) < 3*time.Second)
				is.True(body.Len() > 32<<20) // the rest stays here
				is.Equal(errors.Is(err, zreq.ErrResponse), name == "garbage")
				is.Equal(peer.Open(), 0)
			})
		})
	}
}

// TestSlowPeerIsNotDead: where a write can be taken up again, a byte is progress.
func TestSlowPeerIsNotDead(t *testing.T) {
	for name, body := range map[string]func() io.Reader{
		"sized":   func() io.Reader { return bytes.NewReader(make([]byte, 80<<10)) },
		"chunked": func() io.Reader { return stream{bytes.NewReader(make([]byte, 80<<10))} },
		"sender":  func() io.Reader { return &sender{Reader: bytes.NewReader(make([]byte, 80<<10))} },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Head(), zreqtest.Discard()})
				began := time.Now()
				_, err := zreq.Put(context.Background(), site, &zreq.Args{Driver: &trickling{Driver: peer}, Body: body()})
				waited := time.Since(began)
				is.True(waited >= 20*25*time.Second+30*time.Second)                  // each byte renewed the limit
				is.True(waited <= 20*25*time.Second+30*time.Second+30*time.Second/8) // and silence ended it
				is.True(saysTimeout(err))
				is.True(strings.Contains(err.Error(), "Timeouts.Write of 30s is over")) // by its name and length
				is.Equal(failure(is, err).Phase, zreq.PhaseSend)
				is.Equal(peer.Open(), 0)
			})
		})
	}
}

// trickling dials connections that take the first write, then a byte every 25 s,
// twenty times, and then nothing.
type trickling struct{ netdriver.Driver }

type trickle struct {
	*memnet.Conn
	by, next time.Time
	left     int
}

func (d *trickling) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := d.Driver.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &trickle{Conn: c.(*memnet.Conn), left: 20}, nil
}

func (c *trickle) SetDeadline(t time.Time) error {
	c.by = t
	return c.Conn.SetDeadline(t)
}

func (c *trickle) Write(p []byte) (n int, err error) {
	if c.next.IsZero() {
		c.next = time.Now().Add(25 * time.Second)
		return c.Conn.Write(p)
	}
	for ; c.left > 0 && c.next.Before(c.by); c.left-- {
		time.Sleep(time.Until(c.next))
		c.next = c.next.Add(25 * time.Second)
		n++
	}
	time.Sleep(time.Until(c.by))
	return n, os.ErrDeadlineExceeded
}

// testTaken: Taken is where a callback's sink stands, and Received is not: of a
// body that was cut short a part of a chunk may have come.
func testTaken(t *testing.T) {
	is := is.New(t)
	body := numbered(10_000)
	s := new(sink)
	peer := ends(t, byLength(body)[:len(byLength(body))-5000])
	_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, StreamChunk: 4096, StreamCallback: s.take})
	is.True(errors.Is(err, zreq.ErrTruncated))
	is.Equal(failure(is, err).Received, int64(5000)) // what came
	is.Equal(failure(is, err).Taken, int64(4096))    // what the callback had: go on here

	full := errors.New("flash is full")
	calls := 0
	_, err = zreq.Get(context.Background(), site, &zreq.Args{Driver: ends(t, byLength(body)), StreamCallback: func([]byte) error {
		if calls++; calls == 3 {
			return full
		}
		return nil
	}})
	is.True(errors.Is(err, full))
	is.Equal(failure(is, err).Taken, int64(2*512)) // the chunk it refused does not count
}

// TestCancelDoesNotHideAnUnsentBody: a cancel after the last byte was read comes
// too late to fail the call, and must not take the place of a fact.
func TestCancelDoesNotHideAnUnsentBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		head, body, _ := strings.Cut(byLength("stored?"), "stored?")
		peer := zreqtest.NewPeer(t, []zreqtest.Step{
			zreqtest.Head(), zreqtest.Send(head), zreqtest.Pause(time.Second), zreqtest.Send("stored?" + body), zreqtest.Hold(),
		})
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		driver := &cancelling{Driver: peer, text: "stored?", cancel: cancel}
		resp, err := zreq.Put(ctx, site, &zreq.Args{Driver: driver, Headers: asks(), Body: bytes.NewReader(make([]byte, 1<<20))})
		is.NoErr(err)
		is.True(ctx.Err() != nil)
		closed(is, peer, resp, zreq.CloseUnsent)
	})
}

// cancelling dials connections that cancel when they have read text.
type cancelling struct {
	netdriver.Driver
	text   string
	cancel func()
}

type cancellingConn struct {
	*memnet.Conn
	driver *cancelling
}

func (d *cancelling) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := d.Driver.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &cancellingConn{c.(*memnet.Conn), d}, nil
}

func (c *cancellingConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if string(p[:n]) == c.driver.text {
		c.driver.cancel()
	}
	return n, err
}
