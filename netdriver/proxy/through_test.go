package proxy_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/proxy"
	"github.com/zreq-go/zreq/zreq"
)

// silent takes what servers log of connections that break, which is what they are here for.
var silent = log.New(io.Discard, "", 0)

// The credentials for the first origin, as the caller gives them and as they are sent.
const (
	originUser    = "owner"
	originPass    = "open sesame"
	originEncoded = "b3duZXI6b3BlbiBzZXNhbWU="
)

// An origin is one of the two of each world.
type origin struct {
	name   string
	next   string // where /moved leads to
	faults atomic.Int32
}

func (o *origin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/name":
		_, _ = io.WriteString(w, o.name)
	case "/moved":
		http.Redirect(w, r, o.next, http.StatusTemporaryRedirect)
	case "/private":
		if r.Header.Get("Authorization") != "Basic "+originEncoded {
			w.WriteHeader(http.StatusUnauthorized)
		}
	case "/hash":
		h := sha256.New()
		_, _ = io.Copy(h, r.Body)
		_, _ = io.WriteString(w, hex.EncodeToString(h.Sum(nil)))
	case "/full":
		w.WriteHeader(http.StatusRequestEntityTooLarge) // without asking for the body
	case "/flaky":
		if o.faults.Add(1) == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	case "/407":
		w.Header().Set("Proxy-Authenticate", `Basic realm="origin"`)
		w.WriteHeader(http.StatusProxyAuthRequired)
	}
}

// ways are the drivers that lead through each kind of proxy, by kind.
var ways = map[string]struct {
	address string // of the proxy
	forward bool   // it forwards requests for plain http
	driver  func(t *testing.T, w *world) (*proxy.Driver, error)
}{
	"HTTP": {at, true, func(_ *testing.T, w *world) (*proxy.Driver, error) {
		w.relayHTTP(at, false)
		return proxy.HTTP(w, at, withLogin())
	}},
	"https": {"proxy.test:443", true, func(_ *testing.T, w *world) (*proxy.Driver, error) {
		w.relayHTTP("proxy.test:443", true)
		return proxy.HTTP(w, "https://proxy.test", &proxy.Options{User: user, Password: password, TLS: w.trust})
	}},
	"SOCKS5": {at, false, func(_ *testing.T, w *world) (*proxy.Driver, error) {
		w.relaySOCKS(at)
		return proxy.SOCKS5(w, at, withLogin())
	}},
	"environment": {at, true, func(t *testing.T, w *world) (*proxy.Driver, error) {
		w.relayHTTP(at, false)
		set(t, "ALL_PROXY=http://gateway:pass%3Aword@"+at)
		return proxy.FromEnvironment(w, nil)
	}},
	"a proxy behind a proxy": {at, true, func(_ *testing.T, w *world) (*proxy.Driver, error) {
		w.relaySOCKS("outer.test:1080")
		w.relayHTTP(at, false)
		outer, err := proxy.SOCKS5(w, "outer.test:1080", withLogin())
		if err != nil {
			return nil, err
		}
		return proxy.HTTP(outer, at, withLogin())
	}},
}

// A journey is a Session through a proxy to two origins.
type journey struct {
	*zreq.Session
	*world
	a, b   string // URLs of the origins
	aa, ba string // their addresses
}

// through runs f through each kind of proxy, to http and to https origins.
func through(t *testing.T, f func(t *testing.T, is *is.I, j *journey)) {
	for kind, way := range ways {
		for _, scheme := range []string{"http", "https"} {
			t.Run(kind+", "+scheme, func(t *testing.T) {
				is := is.New(t)
				w := newWorld(t)
				port := map[string]string{"http": ":80", "https": ":443"}[scheme]
				j := &journey{world: w, a: scheme + "://a.test", b: scheme + "://b.test", aa: "a.test" + port, ba: "b.test" + port}
				w.serve(j.aa, scheme == "https", &origin{name: "a", next: j.b + "/name"})
				w.serve(j.ba, scheme == "https", &origin{name: "b", next: j.a + "/name"})
				d, err := way.driver(t, w)
				is.NoErr(err)
				is.Equal(d.Forwards(), way.forward)
				j.Session = &zreq.Session{Driver: d, TLS: w.trust}
				defer j.Close()
				f(t, is, j)
				is.True(w.accepted(way.address) > 0) // the proxy was on the way
				for _, address := range []string{j.aa, j.ba} {
					is.True(!w.hears(address, encoded, password, "Proxy-Authorization")) // whose credentials no origin sees
				}
				is.True(!w.hears(j.ba, originEncoded, originPass)) // nor does one see those for the other
				if scheme == "https" {
					is.True(!w.hears(way.address, originEncoded, originPass)) // nor the proxy, through a tunnel
				}
			})
		}
	}
}

func (j *journey) text(is *is.I, resp *zreq.Response, err error) string {
	is.Helper()
	is.NoErr(err)
	text, err := resp.Text()
	is.NoErr(err)
	return text
}

// testThroughProxy: what a call does goes on through each kind of proxy.
func testThroughProxy(t *testing.T) {
	for name, f := range map[string]func(t *testing.T, is *is.I, j *journey){
		"GET":      getThrough,
		"redirect": redirectThrough,
		"upload":   uploadThrough,
		"retry":    retryThrough,
		"verb":     verbThrough,
		"407":      foreignChallenge,
		"no way":   noWay,
	} {
		t.Run(name, func(t *testing.T) { through(t, f) })
	}
}

func getThrough(t *testing.T, is *is.I, j *journey) {
	for range 3 {
		resp, err := j.Get(t.Context(), j.a+"/name", nil)
		is.Equal(j.text(is, resp, err), "a")
	}
	is.Equal(j.accepted(j.aa), 1) // over one connection
}

func redirectThrough(t *testing.T, is *is.I, j *journey) {
	auth := &zreq.Args{Auth: zreq.Basic(originUser, originPass)}
	resp, err := j.Get(t.Context(), j.a+"/moved", auth)
	is.Equal(j.text(is, resp, err), "b")
	is.True(j.hears(j.aa, originEncoded)) // or the test proves nothing
	resp, err = j.Get(t.Context(), strings.Replace(j.a, "://", "://"+originUser+":open%20sesame@", 1)+"/private", nil)
	is.NoErr(err)
	is.Equal(resp.Status, 200)
	resp, err = j.Get(t.Context(), j.b+"/moved", nil)
	is.Equal(j.text(is, resp, err), "a")
}

func uploadThrough(t *testing.T, is *is.I, j *journey) {
	body := bytes.Repeat([]byte("0123456789abcdef"), 20000)
	sum := sha256.Sum256(body)
	for _, expect := range []bool{false, true} {
		args := &zreq.Args{Body: form.Bytes(body, ""), Expect100: expect}
		resp, err := j.Put(t.Context(), j.a+"/hash", args)
		is.Equal(j.text(is, resp, err), hex.EncodeToString(sum[:]))
	}
	resp, err := j.Put(t.Context(), j.a+"/full", &zreq.Args{Body: form.Bytes(body, ""), Expect100: true})
	is.NoErr(err)
	is.Equal(resp.Status, 413)
	resp, err = j.Put(t.Context(), j.a+"/hash", &zreq.Args{Body: io.MultiReader(bytes.NewReader(body))}) // in chunks
	is.Equal(j.text(is, resp, err), hex.EncodeToString(sum[:]))
}

func retryThrough(t *testing.T, is *is.I, j *journey) {
	j.Retry = zreq.Retry{Wait: -1}
	resp, err := j.Get(t.Context(), j.a+"/flaky", &zreq.Args{Auth: zreq.Basic(originUser, originPass)})
	is.NoErr(err)
	is.Equal(resp.Status, 200)
}

// verbThrough: a Connection of the caller's.
func verbThrough(t *testing.T, is *is.I, j *journey) {
	conn, err := zreq.Connect(t.Context(), j.a, &zreq.Args{Driver: j.Driver, TLS: j.trust})
	is.NoErr(err)
	defer conn.Close()
	for range 2 {
		resp, err := zreq.Get(t.Context(), j.a+"/name", &zreq.Args{Connection: conn})
		is.Equal(j.text(is, resp, err), "a")
	}
	is.Equal(j.accepted(j.aa), 1)
}

// foreignChallenge: a 407 that an origin sends is its own. The credentials for the proxy
// are no answer to it.
func foreignChallenge(t *testing.T, is *is.I, j *journey) {
	resp, err := j.Get(t.Context(), j.a+"/407", nil)
	is.NoErr(err)
	is.Equal(resp.Status, 407)
}

// noWay: an origin that the proxy does not reach.
func noWay(t *testing.T, is *is.I, j *journey) {
	j.Retry = zreq.Retry{Attempts: 1}
	resp, err := j.Get(t.Context(), strings.Replace(j.a, "a.test", "nowhere.test", 1), nil)
	if resp != nil {
		is.Equal(resp.Status, 502) // of the proxy that forwards
		return
	}
	is.True(zreq.Transient(err))
	is.True(zreq.SafeToRetry(err))
	is.True(strings.Contains(err.Error(), "nowhere.test"))
	is.True(!leaks(err.Error()))
}

// testForwardShares: all origins for plain http share the connections to the proxy that
// forwards.
func testForwardShares(t *testing.T) {
	for kind, way := range ways {
		if !way.forward {
			continue
		}
		t.Run(kind, func(t *testing.T) {
			is := is.New(t)
			w := newWorld(t)
			w.serve("a.test:80", false, &origin{name: "a"})
			w.serve("b.test:80", false, &origin{name: "b"})
			d, err := way.driver(t, w)
			is.NoErr(err)
			s := &zreq.Session{Driver: d}
			defer s.Close()
			j := &journey{world: w}
			for _, name := range []string{"a", "b", "a"} {
				resp, err := s.Get(t.Context(), "http://"+name+".test/name", nil)
				is.Equal(j.text(is, resp, err), name)
			}
			is.Equal(w.accepted(way.address), 1) // of a Session
			conn, err := zreq.Connect(t.Context(), "http://a.test/", &zreq.Args{Driver: d})
			is.NoErr(err)
			defer conn.Close()
			for _, name := range []string{"a", "b"} {
				resp, err := zreq.Get(t.Context(), "http://"+name+".test/name", &zreq.Args{Connection: conn})
				is.Equal(j.text(is, resp, err), name)
			}
			is.Equal(w.accepted(way.address), 2) // and of the caller
		})
	}
}

var _ netdriver.Forwarder = (*proxy.Driver)(nil)
