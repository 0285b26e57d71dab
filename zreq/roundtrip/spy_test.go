package roundtrip_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/roundtrip"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// The hooks are called as net/http calls them, where that has an order.
func TestHooksAreThoseOfNetHTTP(t *testing.T) {
	early := "HTTP/1.1 103 Early\r\nLink: x\r\n\r\n" + responses["length"]
	for name, tt := range map[string]struct {
		request func(u string) *http.Request
		answers []string
	}{
		"two on one connection": {func(u string) *http.Request { return make1("GET", u, nil) }, []string{responses["length"], responses["chunked"]}},
		"body":                  {func(u string) *http.Request { return make1("POST", u, strings.NewReader("hello")) }, []string{responses["length"], ok}},
		"1xx":                   {func(u string) *http.Request { return make1("GET", u, nil) }, []string{early, early}},
		"close":                 {func(u string) *http.Request { return make1("GET", u, nil) }, []string{responses["length, and close"], responses["until close"]}},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			var said [2][]string
			ours, _ := zreqClient(t)
			for i, c := range []*http.Client{stdClient(t), ours} {
				p := startPeer(t, tt.answers...)
				for range tt.answers {
					d := new(diary)
					is.NoErr(fetch(c, d.in(tt.request(p.url))))
					said[i] = append(said[i], inOrder(d.take())...)
				}
			}
			is.Equal(said[1], said[0])
		})
	}
}

// inOrder makes one order of what net/http calls on two goroutines.
func inOrder(lines []string) []string {
	last := func(line string) bool { return strings.HasPrefix(line, "put") }
	slices.SortStableFunc(lines, func(a, b string) int {
		switch {
		case last(a) == last(b):
			return 0
		case last(a):
			return 1
		}
		return -1
	})
	return lines
}

func TestHooksOfTLS(t *testing.T) {
	is := is.New(t)
	srv, client, _ := tlsServer(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") })
	d := new(diary)
	for range 2 {
		is.NoErr(fetch(client, d.in(make1("GET", srv.URL, nil))))
	}
	is.Equal(d.take(), []string{
		"get", "connect tcp", "connected true", "tls", "tls done true true", "got reused=false idle=false",
		"wrote head", "wrote true", "first byte", "put true",
		"get", "got reused=true idle=true", "wrote head", "wrote true", "first byte", "put true",
	}) // each once, and a handshake with its state
	is.Equal(d.conns[0].Conn.RemoteAddr().String(), srv.Listener.Addr().String()) // the connection tells where the peer is
	is.True(d.conns[1].IdleTime > 0)
}

func TestHooksOfAHandshakeThatFails(t *testing.T) {
	is := is.New(t)
	srv, _, _ := tlsServer(t, func(http.ResponseWriter, *http.Request) {})
	srv.Config.ErrorLog = quiet
	client, _ := zreqClient(t) // trusts nobody of tests
	d := new(diary)
	is.True(fetch(client, d.in(make1("GET", srv.URL, nil))) != nil)
	is.Equal(d.take(), []string{"get", "connect tcp", "connected true", "tls", "tls done false false"})
}

func TestHooksOfExpect(t *testing.T) {
	is := is.New(t)
	srv := serve(t, func(_ http.ResponseWriter, r *http.Request) { _, _ = io.ReadAll(r.Body) })
	client, _ := zreqClient(t)
	d := new(diary)
	is.NoErr(fetch(client, d.in(with(make1("POST", srv.URL, strings.NewReader("hello")), "Expect", "100-continue"))))
	is.Equal(d.take()[4:], []string{"wrote head", "wait 100", "first byte", "100", `100 ""`, "wrote true", "put true"})
}

func TestHooksOfFailures(t *testing.T) {
	t.Run("a dead connection is replaced", func(t *testing.T) {
		is := is.New(t)
		p := startPeer(t, ok, "close ", ok)
		client, _ := zreqClient(t)
		is.NoErr(fetch(client, make1("GET", p.url, nil)))
		d := new(diary)
		is.NoErr(fetch(client, d.in(make1("GET", p.url, nil))))
		is.Equal(d.take(), []string{
			"get", "got reused=true idle=true", "wrote head", "wrote true",
			"get", "connect tcp", "connected true", "got reused=false idle=false", "wrote head", "wrote true", "first byte", "put true",
		}) // another is asked for
	})
	t.Run("the body fails", func(t *testing.T) {
		is := is.New(t)
		p := startPeer(t, ok)
		client, _ := zreqClient(t)
		d := new(diary)
		r := make1("POST", p.url, failing{strings.NewReader("hello")})
		r.ContentLength = 9
		is.True(fetch(client, d.in(r)) != nil)
		is.Equal(d.take()[3:], []string{"got reused=false idle=false", "wrote head", "wrote false"})
	})
	t.Run("no connection", func(t *testing.T) {
		is := is.New(t)
		client, session := zreqClient(t)
		session.Driver = refuser{errors.New("no route")}
		d := new(diary)
		is.True(fetch(client, d.in(make1("GET", "http://x.test", nil))) != nil)
		is.Equal(d.take(), []string{"get"})
	})
}

// TestHooksOfErrors: a hook learns which address was wanted, and why a request was not sent.
func TestHooksOfErrors(t *testing.T) {
	for from, want := range map[string]string{"http://x.test": "x.test:80", "https://x.test": "x.test:443", "http://[::1]:8080": "[::1]:8080"} {
		is := is.New(t)
		client, session := zreqClient(t)
		session.Driver, session.TLS = refuser{errors.New("no route")}, tlsnet.New(nil)
		var wanted string
		ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{GetConn: func(address string) { wanted = address }})
		is.True(fetch(client, make1("GET", from, nil).WithContext(ctx)) != nil)
		is.Equal(wanted, want)
	}
	is := is.New(t)
	var why error
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{WroteRequest: func(i httptrace.WroteRequestInfo) { why = i.Err }})
	r := make1("POST", startPeer(t, ok).url, failing{strings.NewReader("hello")}).WithContext(ctx)
	r.ContentLength = 9
	client, _ := zreqClient(t)
	is.True(fetch(client, r) != nil)
	is.True(errors.Is(why, errBody))
}

func TestHookRefuses1xx(t *testing.T) {
	for name, answer := range map[string]string{
		"in one piece": responses["1xx first"],
		"alone":        "HTTP/1.1 103 Early\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			no := errors.New("no")
			p := startPeer(t, answer)
			client, session := zreqClient(t)
			ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
				Got1xxResponse: func(int, textproto.MIMEHeader) error { return no },
			})
			err := fetch(client, make1("GET", p.url, nil).WithContext(ctx))
			is.True(errors.Is(err, no)) // its error is that of the call
			is.Equal(session.Stats().Open, 0)
		})
	}
}

func TestHooksOfAConnectionThatIsWaitedFor(t *testing.T) {
	is := is.New(t)
	p := startPeer(t, responses["length"], responses["length"])
	client, session := zreqClient(t)
	session.Pool.OpenPerOrigin = 1
	first, err := client.Get(p.url)
	is.NoErr(err)
	d, over := new(diary), make(chan error)
	go func() { over <- fetch(client, d.in(make1("GET", p.url, nil))) }()
	for session.Stats().Waiting == 0 {
		runtime.Gosched()
	}
	is.NoErr(first.Body.Close())
	is.NoErr(<-over)
	is.Equal(d.take()[:2], []string{"get", "got reused=true idle=false"}) // it went from hand to hand
}

func TestHooksOfAConnectionThatIsWorn(t *testing.T) {
	is := is.New(t)
	p := startPeer(t, ok)
	client, session := zreqClient(t)
	session.Pool.Requests = 1
	d := new(diary)
	is.NoErr(fetch(client, d.in(make1("GET", p.url, nil))))
	lines := d.take()
	is.Equal(lines[len(lines)-1], "put false") // it could have been kept, and was not
}

func TestHooksOfAnEarlyAnswer(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	srv := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "close")
		w.WriteHeader(http.StatusRequestEntityTooLarge)
	})
	client, _ := zreqClient(t)
	d := new(diary)
	is.NoErr(fetch(client, d.in(make1("POST", srv.URL, strings.NewReader(strings.Repeat("x", 8<<20))))))
	is.Equal(d.take()[4:], []string{"wrote head", "first byte", "wrote false"}) // not all of it went out
}

// A connection that is no net.Conn can be asked all the same.
func TestGotConnOfADriver(t *testing.T) {
	is := is.New(t)
	peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Send(ok)})
	client, session := zreqClient(t)
	session.Driver = peer
	d := new(diary)
	is.NoErr(fetch(client, d.in(make1("GET", "http://x.test", nil))))
	is.Equal(d.conns[0].Conn.RemoteAddr().String(), "") // it has none to tell
	is.Equal(d.conns[0].Conn.LocalAddr().Network(), "tcp")
	_, plain := d.conns[0].Conn.(*net.TCPConn)
	is.True(!plain)
}

// events is a Trace of a Session.
type events struct {
	mu    sync.Mutex
	kinds []zreq.EventKind
}

func (e *events) Trace(ev zreq.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.kinds = append(e.kinds, ev.Kind)
}

func TestTraceOfTheSessionIsToldToo(t *testing.T) {
	is := is.New(t)
	p := startPeer(t, responses["1xx first"], responses["1xx first"]) // which the second one has no hook for
	var told [2]events
	for i, hooks := range []*httptrace.ClientTrace{nil, {}} {
		session := &zreq.Session{Trace: &told[i]}
		ctx := context.Background()
		if hooks != nil {
			ctx = httptrace.WithClientTrace(ctx, hooks)
		}
		client := &http.Client{Transport: &roundtrip.Transport{Session: session}}
		is.NoErr(fetch(client, make1("GET", p.url, nil).WithContext(ctx)))
		session.Close()
	}
	is.True(len(told[0].kinds) > 5)
	is.Equal(told[1].kinds, told[0].kinds) // with hooks and without
}
