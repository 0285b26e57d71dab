package roundtrip_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/roundtrip"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// testRedirectElsewhere: where a redirect leads the Client to another origin, the
// Session's credentials, its client certificate, or that of the program's TLS, and the
// fields of its OriginOnly are kept back, also on the way back and in a second request to
// that origin; the Client's own cookies are not. What the caller asks for
// himself gets them all.
func testRedirectElsewhere(t *testing.T) {
	ca, err := tlstest.NewAuthority()
	is := is.New(t)
	is.NoErr(err)
	config, err := ca.Server("127.0.0.1")
	is.NoErr(err)
	config.ClientAuth = tls.RequestClientCert
	var mu sync.Mutex
	var seen []string
	var one, other *httptest.Server
	handler := func(name string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			said := name + r.URL.Path
			if len(r.TLS.PeerCertificates) > 0 {
				said += " certificate"
			}
			for _, field := range []string{"Authorization", "Cookie", "Proxy-Authorization", "X-Api-Key", "X-Own-Key", "X-Plain"} {
				if r.Header.Get(field) != "" {
					said += " " + field
				}
			}
			mu.Lock()
			seen = append(seen, said)
			mu.Unlock()
			switch r.URL.Path {
			case "/away":
				http.Redirect(w, r, other.URL+"/back", http.StatusFound)
			case "/back":
				http.Redirect(w, r, one.URL+"/end", http.StatusFound)
			case "/out":
				http.Redirect(w, r, other.URL+"/near", http.StatusFound)
			case "/near":
				http.Redirect(w, r, "/end", http.StatusFound)
			}
		}
	}
	serve := func(name string) *httptest.Server {
		srv := httptest.NewUnstartedServer(handler(name))
		srv.TLS = config.Clone()
		srv.StartTLS()
		t.Cleanup(srv.Close)
		return srv
	}
	one, other = serve("one"), serve("other")
	client, session := zreqClient(t)
	pair, err := ca.Issue(time.Now().Add(time.Hour), "device 7")
	is.NoErr(err)
	session.TLS = tlsnet.New(&tlsnet.Config{RootCAs: ca.Pool(), Certificates: []tls.Certificate{pair}})
	session.Auth = zreq.Bearer("hush")
	session.Headers = zreq.Headers{{"X-Api-Key", "hush"}, {"X-Plain", "1"}, {"Cookie", "a=hush"}, {"Proxy-Authorization", "hush"}}
	session.OriginOnly = []string{"x-api-key", "x-own-key"}
	get := func(url string) []string {
		t.Helper()
		mu.Lock()
		seen = nil
		mu.Unlock()
		req, err := http.NewRequest("GET", url, nil)
		is.NoErr(err)
		req.Header.Set("X-Own-Key", "hush")
		resp, err := client.Do(req)
		is.NoErr(err)
		_, _ = io.Copy(io.Discard, resp.Body)
		is.NoErr(resp.Body.Close())
		mu.Lock()
		defer mu.Unlock()
		return seen
	}
	const all = " certificate Authorization Cookie Proxy-Authorization X-Api-Key X-Own-Key X-Plain"
	is.Equal(get(other.URL+"/named"), []string{"other/named" + all})
	is.Equal(get(one.URL+"/away"), []string{"one/away" + all, "other/back X-Plain", "one/end X-Plain"})
	is.Equal(get(one.URL+"/near"), []string{"one/near" + all, "one/end" + all})                         // the same origin
	is.Equal(get(one.URL+"/out"), []string{"one/out" + all, "other/near X-Plain", "other/end X-Plain"}) // also its second request
	is.Equal(get(other.URL+"/named"), []string{"other/named" + all})

	before := netdriver.DefaultTLS()
	defer netdriver.SetTLS(before)
	netdriver.SetTLS(session.TLS)
	session.TLS = nil // the TLS of the program
	is.Equal(get(one.URL+"/out"), []string{"one/out" + all, "other/near X-Plain", "other/end X-Plain"})

	session.TLS = opaque{netdriver.DefaultTLS()}
	_, err = client.Get(one.URL + "/away")
	is.True(errors.Is(err, zreq.ErrRequest))
	is.True(strings.Contains(err.Error(), "netdriver.Anonymizer")) // the cure
}

// redirected is a request that a redirect from another URL has led to.
func redirected(from, to string) *http.Request {
	r := make1("GET", to, nil)
	r.Response = &http.Response{Request: make1("GET", from, nil)}
	return r
}

// TestElsewhere: what another origin is, and what is done there.
func TestElsewhere(t *testing.T) {
	const to = "http://device.test/"
	gap, lost := make1("GET", to, nil), make1("GET", to, nil)
	gap.Response = new(http.Response)
	lost.Response = &http.Response{Request: new(http.Request)}
	for name, tt := range map[string]struct {
		request *http.Request
		tls     netdriver.TLS
		only    []string // OriginOnly
		hidden  bool     // the credentials are left out
	}{
		"the default port":      {request: redirected("http://DEVICE.test:80/a", to)},
		"another port":          {request: redirected("http://device.test:8080/", to), hidden: true},
		"another scheme":        {request: redirected("https://device.test/", to), hidden: true},
		"Host is for one alone": {request: redirected("http://other.test/", to), only: []string{"hOst", "X-Key"}, hidden: true},
		"a TLS for another one": {request: redirected("https://other.test/", to), tls: opaque{}, hidden: true},
		"no request":            {request: gap},
		"no URL":                {request: lost},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Send(ok)})
			s := &zreq.Session{Driver: peer, TLS: tt.tls, Auth: zreq.Bearer("hush"), OriginOnly: tt.only, Headers: zreq.Headers{{"X-Key", "hush"}}}
			defer s.Close()
			resp, err := (&roundtrip.Transport{Session: s}).RoundTrip(tt.request)
			is.NoErr(err)
			is.NoErr(resp.Body.Close())
			sent := peer.Requests()[0]
			is.True(strings.Contains(sent, "\r\nHost: device.test\r\n"))
			is.Equal(!strings.Contains(sent, "\r\nAuthorization: "), tt.hidden)
			is.Equal(!strings.Contains(sent, "\r\nX-Key: "), tt.hidden && tt.only != nil)
		})
	}
}

// secureChip is a chip that speaks TLS itself, with a peer in memory.
type secureChip struct{ *zreqtest.Peer }

func (c secureChip) DialTLS(ctx context.Context, network, address, _ string) (netdriver.Conn, error) {
	return c.Dial(ctx, network, address)
}

// TestElsewhereByAChip: a chip that speaks TLS itself is asked for that, whatever TLS the program
// has besides.
func TestElsewhereByAChip(t *testing.T) {
	before := netdriver.DefaultTLS()
	defer netdriver.SetTLS(before)
	for name, other := range map[string]netdriver.TLS{"alone": nil, "beside a TLS": tlsnet.New(nil)} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			netdriver.SetTLS(other)
			peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Send(ok)})
			s := &zreq.Session{Driver: secureChip{peer}}
			defer s.Close()
			resp, err := (&roundtrip.Transport{Session: s}).RoundTrip(redirected("https://other.test/", "https://device.test/"))
			is.NoErr(err)
			is.NoErr(resp.Body.Close())
		})
	}
}

// opaque is a TLS of which nobody knows what it shows.
type opaque struct{ tls netdriver.TLS }

func (o opaque) Client(ctx context.Context, c netdriver.Conn, name string) (netdriver.Conn, error) {
	return o.tls.Client(ctx, c, name)
}
