package failover_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/failover"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

const (
	page     = "http://device.test/image"
	answered = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
)

// TestFeature is the list of promises that this package keeps, and of their proofs. B8 is
// kept as far as the dial goes: here the program itself asks for the rest of the body.
func TestFeature(t *testing.T) {
	t.Run("B8", func(t *testing.T) {
		t.Run("a download goes on over the next link", testDownload)
		t.Run("a dial that goes on is one attempt", testOneAttempt)
		t.Run("another attempt takes the next link", testAnotherAttempt)
		t.Run("idle connections over a link that stalls are closed", testIdleOver)
		t.Run("the deadline of the caller is none of the link", testOwnDeadline)
		t.Run("a kept connection is replaced over the next link", testReplaced)
	})
}

// testDownload: the cable dies in the middle of a body, and the rest comes over the modem.
func testDownload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		image := strings.Repeat("0123456789abcdef", 1000)
		cable := zreqtest.NewPeer(t, []zreqtest.Step{
			zreqtest.Request(),
			zreqtest.Send(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(image), image[:8192])),
			zreqtest.Pause(time.Second), // until all of it has been read
			zreqtest.Reset(),
		}, []zreqtest.Step{zreqtest.Refuse()})
		modem := zreqtest.NewPeer(t, []zreqtest.Step{
			zreqtest.Request(),
			zreqtest.Send(fmt.Sprintf("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 8192-%d/%d\r\nContent-Length: %d\r\n\r\n%s",
				len(image)-1, len(image), len(image)-8192, image[8192:])),
		})
		s := &zreq.Session{Driver: failoverOf(t, failover.Link{Name: "cable", Driver: cable}, failover.Link{Name: "modem", Driver: modem})}
		defer s.Close()
		var got strings.Builder
		args := zreq.Args{StreamCallback: func(chunk []byte) error {
			got.Write(chunk)
			return nil
		}}
		_, err := s.Get(t.Context(), page, &args)
		is.True(errors.Is(err, zreq.ErrTruncated)) // it is cut, and says so
		args.Headers = zreq.Headers{{"Range", fmt.Sprintf("bytes=%d-", got.Len())}}
		resp, err := s.Get(t.Context(), page, &args)
		is.NoErr(err)
		is.Equal(resp.Status, 206)
		is.True(got.String() == image)                                                   // whole
		is.True(strings.Contains(string(modem.Requests()[0]), "Range: bytes=8192-\r\n")) // from the next byte
		is.Equal(s.Stats().Retried, int64(0))                                            // nothing was made twice
	})
}

// testOneAttempt: a dial that finds a link that works is one attempt, which the limit of
// the whole dial holds for.
func testOneAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.modem = nil
		peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Send("HTTP/1.1 204 No Content\r\n\r\n")})
		w.d = failoverOf(t, failover.Link{Name: "cable", Driver: w.cable}, failover.Link{Name: "peer", Driver: peer})
		w.cable.fault = errHangs
		var told events
		s := &zreq.Session{Driver: w.d, Trace: &told}
		defer s.Close()
		_, err := s.Post(t.Context(), page, &zreq.Args{Timeouts: zreq.Timeouts{Dial: 8 * time.Second}})
		w.is.NoErr(err) // a POST, which is never sent twice
		w.is.Equal(time.Since(epoch), 4*time.Second)
		w.is.Equal(s.Stats().Retried, int64(0))
		dials := 0
		for _, kind := range told {
			if kind == zreq.EventDial {
				dials++
			}
		}
		w.is.Equal(dials, 1)
	})
}

// testAnotherAttempt: a Session whose attempt stalls over a link, or is cut, makes the next one
// over another link. So it does if the link lets no handshake through, and not if the peer has
// closed the connection, which shows that the link works.
func testAnotherAttempt(t *testing.T) {
	for name, tt := range map[string]struct {
		url  string
		bad  memnet.Faults
		link string
	}{
		"stalls":              {page, memnet.Faults{StallReadAfter: 20}, "modem"},
		"is cut":              {page, memnet.Faults{ResetReadAfter: 20}, "modem"},
		"stalls in handshake": {"https://" + site, memnet.Faults{StallReadAfter: -1}, "modem"},
		"is closed":           {page, memnet.Faults{EOFAfter: 20}, "cable"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				cable, modem := memnet.New(), memnet.New()
				serve(t, cable)
				serve(t, modem)
				faults := []memnet.Faults{tt.bad, {}}
				cable.OnDial = func(k int, _ string) (memnet.Faults, error) { return faults[k-1], nil }
				d := failoverOf(t, failover.Link{Name: "cable", Driver: cable}, failover.Link{Name: "modem", Driver: modem})
				s := &zreq.Session{Driver: d, TLS: &handshake{}}
				defer s.Close()
				resp, err := s.Get(t.Context(), tt.url, nil)
				is.NoErr(err)
				is.Equal(resp.Link(), tt.link)
				is.Equal(s.Stats().Retried, int64(1))
			})
		})
	}
}

// testIdleOver: when a link stalls, the idle connections over it are closed. The next attempt
// would take one of them, and stall as well.
func testIdleOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		cable, modem := memnet.New(), memnet.New()
		serve(t, cable)
		serve(t, modem)
		over := &leased{Net: cable}
		d := failoverOf(t, failover.Link{Name: "cable", Driver: over}, failover.Link{Name: "modem", Driver: modem})
		var why closings
		s := &zreq.Session{Driver: d, Trace: &why}
		defer s.Close()
		var open []*zreq.Response
		for range 3 {
			resp, err := s.Get(t.Context(), page, &zreq.Args{Stream: true})
			is.NoErr(err)
			open = append(open, resp)
		}
		for _, resp := range open {
			_, err := resp.Content()
			is.NoErr(err)
		}
		is.Equal(s.Stats().Idle, 3)
		for _, conn := range over.all {
			conn.SetFaults(memnet.Faults{StallReadAfter: -1})
		}
		_, err := s.Post(t.Context(), page, nil) // is not sent twice
		is.True(netdriver.IsTimeout(err))
		is.Equal(s.Stats().Idle, 0)
		is.Equal(why, closings{zreq.CloseSuspect, zreq.CloseSuspect, zreq.CloseFailed})
		resp, err := s.Post(t.Context(), page, nil)
		is.NoErr(err)
		is.Equal(resp.Link(), "modem")
	})
}

// testOwnDeadline: the deadline of the caller says nothing about a link, whether the context
// ends by it first or the connection does. Chance decides that.
func testOwnDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		cable, modem := memnet.New(), memnet.New()
		serve(t, cable)
		serve(t, modem)
		cable.OnDial = func(k int, _ string) (memnet.Faults, error) {
			return memnet.Faults{StallReadAfter: -int64(k % 2)}, nil // every other connection, at once
		}
		d := failoverOf(t, failover.Link{Name: "cable", Driver: cable}, failover.Link{Name: "modem", Driver: modem})
		s := &zreq.Session{Driver: d, TLS: &handshake{}}
		defer s.Close()
		for range 20 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			_, err := s.Get(ctx, "https://"+site, nil)
			cancel()
			is.True(errors.Is(err, context.DeadlineExceeded))
			resp, err := s.Get(t.Context(), page, nil)
			is.NoErr(err)
			is.Equal(resp.Link(), "cable")
			s.CloseIdle()
		}
	})
}

// handshake is a TLS without secrets: it asks once before the request.
type handshake struct{ _ int }

func (*handshake) Client(ctx context.Context, c netdriver.Conn, _ string) (netdriver.Conn, error) {
	by, _ := ctx.Deadline()
	_ = c.SetDeadline(by)
	_, err := io.WriteString(c, "hello")
	if err == nil {
		_, err = io.ReadFull(c, make([]byte, len(answered)))
	}
	if err != nil {
		_ = c.Close()
		return nil, err
	}
	return struct{ netdriver.Conn }{c}, nil
}

// testReplaced: a kept connection whose link has gone is replaced over another link, if
// nothing of the request was sent.
func testReplaced(t *testing.T) {
	is := is.New(t)
	cable, modem := &leased{Net: memnet.New()}, memnet.New()
	serve(t, cable.Net)
	serve(t, modem)
	d := failoverOf(t, failover.Link{Name: "cable", Driver: cable}, failover.Link{Name: "modem", Driver: modem})
	conn, err := zreq.Connect(t.Context(), page, &zreq.Args{Driver: d})
	is.NoErr(err)
	defer conn.Close()
	for range 2 {
		_, err = zreq.Post(t.Context(), page, &zreq.Args{Connection: conn})
		is.NoErr(err) // a POST, which is never sent twice
		cable.OnDial = func(int, string) (memnet.Faults, error) { return memnet.Faults{}, errDead }
		cable.conn.SetFaults(memnet.Faults{ResetWriteAfter: -1}) // it looks open until something is written
	}
	is.Equal(modem.Dials(), 1)
}

// leased is a link that keeps its connections in view.
type leased struct {
	*memnet.Net
	conn *memnet.Conn // the last one
	all  []*memnet.Conn
}

func (l *leased) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := l.Net.Dial(ctx, network, address)
	if err == nil {
		l.conn = c.(*memnet.Conn)
		l.all = append(l.all, l.conn)
	}
	return c, err
}

// serve answers every request to the site.
func serve(t *testing.T, n *memnet.Net) {
	t.Helper()
	serveAt(t, n, site)
}

// serveAt answers every request to an address.
func serveAt(t *testing.T, n *memnet.Net, address string) {
	t.Helper()
	l, err := n.Listen(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for c, err := l.Accept(); err == nil; c, err = l.Accept() {
			go answer(c)
		}
	}()
}

// events are the kinds of those that a call has told.
type events []zreq.EventKind

func (e *events) Trace(of zreq.Event) { *e = append(*e, of.Kind) }

// closings is why connections were closed.
type closings []zreq.CloseReason

func (c *closings) Trace(e zreq.Event) {
	if e.Kind == zreq.EventClose {
		*c = append(*c, e.Reason)
	}
}

// answer serves c, and allocates nothing for a request.
func answer(c io.ReadWriteCloser) {
	defer c.Close()
	page := []byte(answered)
	buffer := make([]byte, 4096)
	for {
		if _, err := c.Read(buffer); err != nil {
			return
		}
		if _, err := c.Write(page); err != nil {
			return
		}
	}
}
