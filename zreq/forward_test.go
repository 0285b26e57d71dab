package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// A way is a driver that says of each dial how the connection goes: the i-th one as the i-th
// of paths, and further ones as the last.
type way struct {
	*zreqtest.Peer
	paths []*netdriver.Path
	plain []bool // of each dial, whether it was for plain http
}

func (w *way) DialPath(ctx context.Context, network, address string, http bool) (netdriver.Conn, *netdriver.Path, error) {
	path := w.paths[min(len(w.plain), len(w.paths)-1)]
	w.plain = append(w.plain, http)
	c, err := w.Dial(ctx, network, address)
	if !http {
		path = nil
	}
	return c, path, err
}

// A proxied way has one proxy for all.
type proxied struct{ way }

func (p *proxied) Forwards() bool { return true }

func (p *proxied) Proxy(string) string { return "proxy.test:3128" }

// viaProxy is the path of a connection to a proxy that wants to know who asks, and refuses
// requests with X-Refused.
func viaProxy(link string) *netdriver.Path {
	return &netdriver.Path{Link: link, Forward: func(head []byte, url string) ([]byte, error) {
		if strings.Contains(string(head), "X-Refused") {
			return nil, errRefusedHere
		}
		method, rest, _ := strings.Cut(string(head), " ")
		_, rest, _ = strings.Cut(rest, " ")
		version, rest, _ := strings.Cut(rest, "\r\n")
		host, rest, _ := strings.Cut(rest, "\r\n")
		return append(head[:0], method+" "+url+" "+version+"\r\n"+host+"\r\n"+proxyLine+rest...), nil
	}}
}

var errRefusedHere = errors.New("not through this proxy")

// proxyLine is longer than the first memory for a head.
var proxyLine = "Proxy-Authorization: Basic " + strings.Repeat("cHc=", 1000) + "\r\n"

// throughProxy is a driver whose proxy plays these scripts.
func throughProxy(t *testing.T, conns ...[]zreqtest.Step) *proxied {
	t.Helper()
	return &proxied{way{Peer: zreqtest.NewPeer(t, conns...), paths: []*netdriver.Path{viaProxy("office")}}}
}

// TestForward: each request through a proxy that forwards is put into the form that it
// wants, with the URL that was asked for, without credentials.
func TestForward(t *testing.T) {
	is := is.New(t)
	d := throughProxy(t, answering("HTTP/1.1 302 Found\r\nLocation: /next#x\r\nContent-Length: 0\r\n\r\n", byLength("ok")))
	s := &zreq.Session{Driver: d}
	defer s.Close()
	resp, err := s.Post(t.Context(), "http://user:pw@device.test:8080/a b?q=1#part", &zreq.Args{
		Params: form.Values{{"p", "2"}}, Body: form.Bytes([]byte("body"), ""),
	})
	is.NoErr(err)
	is.Equal(content(is, resp), "ok")
	is.Equal(d.Addresses(), []string{"proxy.test:3128"})
	is.True(strings.HasPrefix(d.Requests()[0], "POST http://device.test:8080/a%20b?q=1&p=2 HTTP/1.1\r\nHost: device.test:8080\r\n"))
	is.True(strings.HasSuffix(d.Requests()[0], "\r\n\r\nbody")) // nothing of the body is lost
	is.True(strings.HasPrefix(d.Requests()[1], "GET http://device.test:8080/next HTTP/1.1\r\n"))
}

// TestForwardShares: all http origins behind a proxy share its connections, of a Session
// and the caller's. What belongs to one origin does not go to the next.
func TestForwardShares(t *testing.T) {
	const moved = "HTTP/1.1 307 Temporary Redirect\r\nLocation: http://b.test/there\r\nContent-Length: 0\r\n\r\n"
	args := zreq.Args{Headers: zreq.Headers{{"Cookie", "of=a"}, {"Authorization", "Bearer a"}}}
	check := func(is *is.I, d *proxied) {
		is.Equal(d.Dials(), 1)
		to := d.Requests()
		is.True(strings.HasPrefix(to[0], "GET http://a.test/ ") && strings.Contains(to[0], "Bearer a"))
		is.True(strings.HasPrefix(to[1], "GET http://b.test/there "))
		is.True(!strings.Contains(to[1], "of=a") && !strings.Contains(to[1], "Bearer"))
		is.True(strings.HasPrefix(to[2], "GET http://proxy.test:3128/ ")) // a site of its own, which is asked for like others
		for _, r := range to {
			is.True(strings.Contains(r, proxyLine))
		}
	}
	t.Run("Session", func(t *testing.T) {
		is := is.New(t)
		d := throughProxy(t, answering(moved, byLength("b"), byLength("c")))
		s := &zreq.Session{Driver: d}
		defer s.Close()
		_, err := s.Get(t.Context(), "http://a.test/", &args)
		is.NoErr(err)
		_, err = s.Get(t.Context(), "http://proxy.test:3128/", nil)
		is.NoErr(err)
		check(is, d)
	})
	t.Run("Connection", func(t *testing.T) {
		is := is.New(t)
		d := throughProxy(t, answering(moved, byLength("b"), byLength("c")))
		conn, err := zreq.Connect(t.Context(), "http://a.test/", &zreq.Args{Driver: d})
		is.NoErr(err)
		defer conn.Close()
		is.Equal(conn.Origin(), "http://proxy.test:3128")
		args.Connection = conn
		_, err = zreq.Get(t.Context(), "http://a.test/", &args)
		is.NoErr(err)
		_, err = zreq.Get(t.Context(), "http://proxy.test:3128/", &zreq.Args{Connection: conn})
		is.NoErr(err)
		check(is, d)
		_, err = zreq.Get(t.Context(), "https://a.test/", &zreq.Args{Connection: conn, TLS: noTLS{}})
		is.True(errors.Is(err, zreq.ErrOtherOrigin)) // a tunnel belongs to its origin
	})
	t.Run("not with the proxy's own site", func(t *testing.T) {
		is := is.New(t)
		d := throughProxy(t, nil)
		conn, err := zreq.Connect(t.Context(), "http://a.test/", &zreq.Args{Driver: d})
		is.NoErr(err)
		defer conn.Close()
		_, err = zreq.Get(t.Context(), "http://proxy.test:3128/", &zreq.Args{Connection: conn, Driver: &d.way})
		is.True(errors.Is(err, zreq.ErrOtherOrigin)) // over a driver that has no proxy
	})
}

// noTLS is asked for nothing that a test waits for.
type noTLS struct{}

func (noTLS) Client(_ context.Context, c netdriver.Conn, _ string) (netdriver.Conn, error) {
	_ = c.Close()
	return nil, errRefusedHere
}

// TestForwardRefused: what a proxy cannot forward is the error of a request, of which
// nothing was sent.
func TestForwardRefused(t *testing.T) {
	is := is.New(t)
	d := throughProxy(t, nil)
	_, err := zreq.Get(t.Context(), site, &zreq.Args{Driver: d, Headers: zreq.Headers{{"X-Refused", "1"}}})
	is.True(errors.Is(err, zreq.ErrRequest) && errors.Is(err, errRefusedHere))
	is.Equal(failure(is, err).Sent, int64(0))
	is.Equal(len(d.Requests()), 0)
	is.Equal(d.Open(), 0)
}

// TestForwardRefusedKeeps: a kept connection serves the requests after one that the proxy
// cannot forward.
func TestForwardRefusedKeeps(t *testing.T) {
	is := is.New(t)
	d := throughProxy(t, answering(byLength("ok"), byLength("ok")))
	s := &zreq.Session{Driver: d}
	defer s.Close()
	for _, headers := range []zreq.Headers{nil, {{"X-Refused", "1"}}, nil} {
		_, err := s.Get(t.Context(), site, &zreq.Args{Headers: headers})
		is.Equal(errors.Is(err, errRefusedHere), headers != nil)
	}
	is.Equal(d.Dials(), 1)
}

// TestForwardSecure: a request over https is not forwarded, and goes to its origin.
func TestForwardSecure(t *testing.T) {
	is := is.New(t)
	d := throughProxy(t, nil)
	_, err := zreq.Get(t.Context(), "https://device.test/", &zreq.Args{Driver: d, TLS: noTLS{}})
	is.True(errors.Is(err, errRefusedHere))
	is.Equal(d.Addresses(), []string{"device.test:443"})
	is.Equal(d.plain, []bool{false})
}

// TestForwardChanges: a kept connection that died is replaced by one that goes another way.
// The request goes in the form of that, and the Trace tells the link.
func TestForwardChanges(t *testing.T) {
	const done = "HTTP/1.1 204 No Content\r\n\r\n"
	office, modem, home := viaProxy("office"), &netdriver.Path{Link: "modem"}, viaProxy("home")
	for links, paths := range map[string][]*netdriver.Path{
		"office modem": {office, modem}, "modem office": {modem, office}, "modem ": {modem, nil}, "office home": {office, home},
	} {
		t.Run(links, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				d := &way{Peer: zreqtest.NewPeer(t, append(answering(done), zreqtest.Close()), answering(done)), paths: paths}
				var told []string
				s := &zreq.Session{Driver: d, Trace: traceFunc(func(e zreq.Event) {
					switch e.Kind {
					case zreq.EventConn:
						told = append(told, e.Link)
					case zreq.EventDial:
						is.Equal(e.Link, "") // it is not known yet
					}
				})}
				defer s.Close()
				for i, path := range paths {
					synctest.Wait() // the peer has closed
					_, err := s.Put(t.Context(), site, &zreq.Args{Body: form.Bytes([]byte("data"), "")})
					is.NoErr(err)
					r := d.Requests()[i]
					forwarded := path != nil && path.Forward != nil
					is.Equal(strings.HasPrefix(r, "PUT http://device.test/x "), forwarded)
					is.Equal(strings.Count(r, proxyLine) == 1, forwarded)
					is.True(strings.HasSuffix(r, "\r\n\r\ndata"))
				}
				is.Equal(strings.Join(told, " "), links)
			})
		})
	}
}

// A dying connection breaks at its second request, when that is written.
type dying struct {
	netdriver.Conn
	writes int
}

func (c *dying) Check() error { return nil }

func (c *dying) Write(p []byte) (int, error) {
	if c.writes++; c.writes > 1 {
		return 0, errRefusedHere
	}
	return c.Conn.Write(p)
}

// A fragile way has a first connection that dies so.
type fragile struct{ way }

func (f *fragile) DialPath(ctx context.Context, network, address string, http bool) (netdriver.Conn, *netdriver.Path, error) {
	first := len(f.plain) == 0
	c, path, err := f.way.DialPath(ctx, network, address, http)
	if err == nil && first {
		c = &dying{Conn: c}
	}
	return c, path, err
}

// TestForwardChangesWhileSending: the same if it dies when the request is about to be sent.
// If the form is another one, the body is taken back. If it cannot be, nothing is sent.
func TestForwardChangesWhileSending(t *testing.T) {
	const done = "HTTP/1.1 204 No Content\r\n\r\n"
	proxy, modem, cable := viaProxy("office"), &netdriver.Path{Link: "modem"}, &netdriver.Path{Link: "cable"}
	for name, tt := range map[string]struct {
		paths  []*netdriver.Path
		target string
		stale  bool
	}{
		"from nothing to a proxy": {[]*netdriver.Path{nil, proxy}, "PUT http://device.test/x ", true},
		"from a link to a proxy":  {[]*netdriver.Path{modem, proxy}, "PUT http://device.test/x ", true},
		"from a proxy to a link":  {[]*netdriver.Path{proxy, modem}, "PUT /x ", true},
		"from a proxy to nothing": {[]*netdriver.Path{proxy, nil}, "PUT /x ", true},
		"to another proxy":        {[]*netdriver.Path{proxy, viaProxy("home")}, "PUT http://device.test/x ", true},
		"to the same proxy":       {[]*netdriver.Path{proxy, proxy}, "PUT http://device.test/x ", false},
		"from link to link":       {[]*netdriver.Path{modem, cable}, "PUT /x ", false},
		"from a link to nothing":  {[]*netdriver.Path{modem, nil}, "PUT /x ", false},
	} {
		for _, once := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", once ", once), func(t *testing.T) {
				is := is.New(t)
				d := &fragile{way{Peer: zreqtest.NewPeer(t, answering(done), answering(done), answering(done)), paths: tt.paths}}
				conn, err := zreq.Connect(t.Context(), site, &zreq.Args{Driver: d})
				is.NoErr(err)
				defer conn.Close()
				args := &zreq.Args{Connection: conn, Body: form.Bytes([]byte("data"), "")}
				_, err = zreq.Put(t.Context(), site, args)
				is.NoErr(err)
				if once {
					args.Body = measured{strings.NewReader("data"), 4}
				}
				resp, err := zreq.Put(t.Context(), site, args)
				if tt.stale && once {
					is.True(errors.Is(err, zreq.ErrStale) && strings.Contains(err.Error(), "Rewind"))
					is.Equal(len(d.Requests()), 1)
					return
				}
				is.NoErr(err)
				is.True(resp.Connection == conn)
				is.Equal(d.Dials(), 2)
				is.Equal(len(d.Requests()), 2)
				r := d.Requests()[1]
				is.True(strings.HasPrefix(r, tt.target))
				is.Equal(strings.Contains(r, proxyLine), strings.Contains(tt.target, "http://")) // only the proxy learns who asks
				is.True(strings.HasSuffix(r, "\r\n\r\ndata"))
			})
		}
	}
}
