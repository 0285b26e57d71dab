package zreq_test

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

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// keptBy is an answer with a Keep-Alive field, unless said is empty.
func keptBy(said, body string) string {
	if said != "" {
		said = "Keep-Alive: " + said + "\r\n"
	}
	return fmt.Sprintf("HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s", said, len(body), body)
}

// client makes the same calls over a Connection of the caller's, or by a Session, and
// counts the dials.
type client struct {
	post  func(args *zreq.Args) (*zreq.Response, error)
	dials func() int
}

// clients end with the test.
func clients(t *testing.T, n *memnet.Net) map[string]client {
	t.Helper()
	conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: n})
	if err != nil {
		t.Fatal(err)
	}
	s := &zreq.Session{Driver: n}
	t.Cleanup(func() { _, _ = conn.Close(), s.Close() })
	return map[string]client{
		"Connection": {func(args *zreq.Args) (*zreq.Response, error) {
			args.Connection = conn
			return zreq.Post(context.Background(), site, args)
		}, conn.Dials},
		"Session": {func(args *zreq.Args) (*zreq.Response, error) {
			return s.Post(context.Background(), site, args)
		}, func() int { return int(s.Stats().Dialled) }},
	}
}

// A connection is used again until the last tenth of the time that the server gives
// it, or its last 100 ms; then it is dialled again before anything is sent.
func testKeepAliveTimeout(t *testing.T) {
	for _, tt := range []struct {
		said string
		idle time.Duration
		want bool // it is used again
	}{
		{"timeout=5", 4500*time.Millisecond - 1, true},
		{"timeout=5", 4500 * time.Millisecond, false},
		{"timeout=1, max=9", 900*time.Millisecond - 1, true},
		{"timeout=1, max=9", 900 * time.Millisecond, false},
		{"timeout=60", 54*time.Second - 1, true},
		{"timeout=60", 54 * time.Second, false},
		{"", 80 * time.Second, true},
		{"max=9", 80 * time.Second, true},
		{"timeout=99999999999999999999", 80 * time.Second, true},
		{"timeout=-1, timeout=1e9, timeout, =1, timeout=0x0, 1, ;;,,", 80 * time.Second, true},
		{"timeout=0", 0, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			n := memnet.New()
			serveEach(t, n, nil, func(string) string { return keptBy(tt.said, "hi") })
			for name, c := range clients(t, n) {
				for range 3 {
					_, err := c.post(&zreq.Args{})
					is.NoErr(err)
				}
				before := c.dials()
				time.Sleep(tt.idle)
				_, err := c.post(&zreq.Args{})
				is.NoErr(err)
				if again := c.dials() == before; again != tt.want {
					t.Errorf("%s, %q, after %v: used again: %v", name, tt.said, tt.idle, again)
				}
			}
		})
	}
}

// A server that gives up idle connections after a second, and says so, is sent nothing
// on one that it has given up, though its word for it has not come yet.
func testKeepAliveSparesAStaleConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		n := memnet.New()
		l, err := n.Listen("")
		is.NoErr(err)
		defer l.Close()
		go func() {
			for c, err := l.Accept(); err == nil; c, err = l.Accept() {
				go func() {
					defer c.Close()
					p := make([]byte, 4096)
					for answered := (time.Time{}); ; answered = time.Now() {
						if _, err := c.Read(p); err != nil || !answered.IsZero() && time.Since(answered) >= time.Second {
							return
						}
						_, _ = io.WriteString(c, keptBy("timeout=1", "hi"))
					}
				}()
			}
		}()
		for _, c := range clients(t, n) {
			for range 20 {
				_, err := c.post(&zreq.Args{})
				is.NoErr(err) // never ErrStale
				time.Sleep(1100 * time.Millisecond)
			}
		}
	})
}

// The time runs from the last byte that came, however long the caller takes over it.
func testKeepAliveCountsFromTheLastByte(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		n := memnet.New()
		serveEach(t, n, nil, func(string) string { return keptBy("timeout=5", numbered(1000)) })
		for _, c := range clients(t, n) {
			_, err := c.post(&zreq.Args{StreamCallback: func([]byte) error { time.Sleep(3 * time.Second); return nil }})
			is.NoErr(err)
			before := c.dials()
			resp, err := c.post(&zreq.Args{Stream: true}) // six seconds later
			is.NoErr(err)
			is.Equal(c.dials(), before+1)
			time.Sleep(3 * time.Second)
			_, err = io.Copy(io.Discard, resp)
			is.NoErr(err)
			_, err = c.post(&zreq.Args{}) // three seconds later: in time
			is.NoErr(err)
			is.Equal(c.dials(), before+1)
		}
	})
}

// Each byte that comes begins the time anew: of a body that takes longer than the time,
// however it is taken, and of the next answer.
func testKeepAliveBeginsAnew(t *testing.T) {
	const part = 100_000
	for name, take := range map[string]func(c client) error{
		"content": func(c client) error { _, err := c.post(&zreq.Args{}); return err },
		"callback": func(c client) error {
			_, err := c.post(&zreq.Args{StreamCallback: takesAll})
			return err
		},
		"Receiver": func(c client) error {
			resp, err := c.post(&zreq.Args{Stream: true})
			if err == nil {
				_, err = resp.WriteTo(&nearlyFull{room: 10 * part})
			}
			return err
		},
		"large chunks": func(c client) error {
			_, err := c.post(&zreq.Args{StreamCallback: takesAll, StreamChunk: 32 << 10})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				n := memnet.New()
				l, err := n.Listen("")
				is.NoErr(err)
				defer l.Close()
				go func() {
					for c, err := l.Accept(); err == nil; c, err = l.Accept() {
						go drips(c, part)
					}
				}()
				for _, c := range clients(t, n) {
					for range 3 {
						is.NoErr(take(c)) // it takes 6 s,
						time.Sleep(4 * time.Second)
					}
					is.Equal(c.dials(), 1) // and the connection is used again all the same
				}
			})
		})
	}
}

// drips answers each request in three parts, with 3 s before the last two.
func drips(c *memnet.Conn, part int) {
	defer c.Close()
	p := make([]byte, 4096)
	for {
		if _, err := c.Read(p); err != nil {
			return
		}
		answer := keptBy("timeout=5", strings.Repeat("x", 3*part))
		for _, s := range []string{answer[:part], answer[part : 2*part], answer[2*part:]} {
			if _, err := io.WriteString(c, s); err != nil {
				return
			}
			if len(s) == part {
				time.Sleep(3 * time.Second)
			}
		}
	}
}

// A connection carries as many further requests as the server says, whether it counts
// down, always says the same, or says it once.
func testKeepAliveMax(t *testing.T) {
	for name, tt := range map[string]struct {
		said [6]string
		want [6]int // dials by then
	}{
		"counting down": {[6]string{"max=2", "max=1", "max=0", "max=2", "max=1", "max=0"}, [6]int{1, 1, 1, 2, 2, 2}},
		"once":          {[6]string{"max=2", "", "", "", "", ""}, [6]int{1, 1, 1, 2, 2, 2}},
		"the same":      {[6]string{"max=2", "max=2", "max=2", "max=2", "max=2", "max=2"}, [6]int{1, 1, 1, 2, 2, 2}},
		"none":          {[6]string{"max=0", "max=0", "max=0", "", "", ""}, [6]int{1, 2, 3, 4, 4, 4}},
		"no time":       {[6]string{"timeout=0", "timeout=0, max=9", "timeout=0", "", "", ""}, [6]int{1, 2, 3, 4, 4, 4}},
		"huge":          {[6]string{"max=99999999999999999999", "max=4294967296", "max=2147483648", "max=-1", "max=+0", "max="}, [6]int{1, 1, 1, 1, 1, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			n, requests := memnet.New(), 0
			serveEach(t, n, nil, func(string) string { requests++; return keptBy(tt.said[(requests-1)%6], "hi") })
			for _, c := range clients(t, n) {
				for i, want := range tt.want {
					resp, err := c.post(&zreq.Args{})
					is.NoErr(err)
					is.Equal(c.dials(), want)
					if i == 5 {
						break
					}
					kept := tt.want[i+1] == want
					is.Equal(resp.CloseReason() == zreq.CloseNone, kept)
					is.True(kept || resp.CloseReason() == zreq.CloseByPeer) // and says why not
				}
			}
		})
	}
}

// A connection whose time is over is told of as one that aged, and is counted.
func TestKeepAliveIsTraced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		n := memnet.New()
		serveEach(t, n, nil, func(string) string { return keptBy("timeout=1", "hi") })
		var told []zreq.Event
		s := &zreq.Session{Driver: n, Trace: traceFunc(func(e zreq.Event) {
			if e.Kind == zreq.EventStale {
				told = append(told, e)
			}
		})}
		defer s.Close()
		for range 2 {
			_, err := s.Get(context.Background(), site, nil)
			is.NoErr(err)
			time.Sleep(time.Second)
		}
		is.Equal(len(told), 1)
		is.Equal(told[0].Reason, zreq.CloseAged)
		is.True(strings.Contains(told[0].Err.Error(), "Keep-Alive"))
		is.Equal(s.Stats().Stale, int64(1))
		is.Equal(n.Open(), 1) // it is closed
	})
}

// A connection on which the server says Keep-Alive costs a warm call no allocation.
func TestKeepAliveAllocates(t *testing.T) {
	if zreqtest.RaceDetector {
		t.Skip("the race detector makes pools forget")
	}
	is := is.New(t)
	driver, url := inMemory(t, keptBy("timeout=5, max=1000000", "hi"))
	s := &zreq.Session{Driver: driver, Timeouts: zreq.Timeouts{Head: time.Minute}}
	defer s.Close()
	var failed error
	args := &zreq.Args{Into: new(zreq.Response), StreamCallback: takesAll}
	get := func() {
		_, err := s.Get(context.Background(), url, args)
		failed = errors.Join(failed, err)
	}
	for range 10 {
		get()
	}
	is.Equal(testing.AllocsPerRun(100, get), float64(0))
	is.NoErr(failed)
	is.Equal(s.Stats().Dialled, int64(1))
}
