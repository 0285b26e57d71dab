package realtest

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver/proxy"
	"github.com/zreq-go/zreq/zreq"
)

var relays = map[string]func(t *testing.T) *relay{
	"squid":      startSquid,
	"squid-tls":  startSquidTLS,
	"tinyproxy":  startTinyproxy,
	"dante":      startDante,
	"microsocks": startMicrosocks,
}

// A way leads through a proxy to an origin.
type way struct {
	peer
	relay  *relay
	origin *origin
	link   *link // from here to the proxy
	scheme string
}

var proxyJobs = []struct {
	name string
	run  func(t *testing.T, w way)
}{
	{"stream", func(t *testing.T, w way) { w.streams(t, "/large", "/chunked") }},
	{"cut", func(t *testing.T, w way) { w.noticesCuts(t, "/cut", "/cut-chunked") }},
	{"save", func(t *testing.T, w way) { w.saves(t, "/large") }},
	{"upload", func(t *testing.T, w way) { w.uploads(t, "PUT", "/take/", told) }},
	{"multipart", testMultipart},
	{"redirect", testRedirect},
	{"origins", testOrigins},
	{"keep", testProxyKeep},
	{"share", testProxyShare},
	{"login", testLogin},
	{"refuse", testRefused},
	{"password", testPassword},
}

func TestProxies(t *testing.T) {
	for name, start := range relays {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t)
			for _, scheme := range []string{"http", "https"} {
				t.Run(scheme, func(t *testing.T) {
					for _, job := range proxyJobs {
						t.Run(job.name, func(t *testing.T) { job.run(t, newWay(t, r, scheme)) })
					}
				})
			}
		})
	}
}

// newWay starts an origin, and leads to it through the proxy. When the test ends, nobody
// must have received credentials that are not for him.
//
// A first call has been made. So the driver knows whether the proxy asks for credentials,
// and the proxy knows them: Squid gives a large body up that comes while it asks its
// helper about them, unless the body waits for a 100.
func newWay(t *testing.T, r *relay, scheme string) way {
	w := way{relay: r, origin: newOrigin(t), link: &link{}, scheme: scheme}
	w.url = w.at(w.origin, "origin.test")
	w.driver, w.tls = r.driver(t, w.link, proxyPassword), secure(t)
	t.Cleanup(func() { w.separate(t, w.origin) })

	is := is.New(t)
	resp, err := zreq.Get(t.Context(), w.url+"/small", w.args())
	is.NoErr(err)
	is.NoErr(check(resp, small))
	w.link.reset()
	w.origin.reset()
	return w
}

// at returns the URL of an origin under a name.
func (w way) at(o *origin, host string) string {
	if w.scheme == "https" {
		return at(w.scheme, host, o.secure)
	}
	return at(w.scheme, host, o.plain)
}

// separate checks that an origin has received nothing that is for the proxy.
func (w way) separate(t *testing.T, o *origin) {
	is := is.New(t)
	is.True(!o.saw("Proxy-Authorization"))           // no field that is for the proxy
	is.True(!o.saw(basic(proxyUser, proxyPassword))) // not its credentials
	is.True(!o.saw(" http://"))                      // and the target in origin-form
}

// tunnelled reports whether each connection to the proxy is one to an origin.
func (w way) tunnelled() bool { return w.scheme == "https" || !w.relay.forwards }

func testMultipart(t *testing.T, w way) {
	is := is.New(t)
	args, file := w.args(), noise(3<<20)
	args.Data = form.Values{{"name", "boot log"}}
	args.Files = form.Files(form.File{Field: "file", Name: "boot.log", Content: bytes.NewReader(file)})
	resp, err := zreq.Post(t.Context(), w.url+"/form", args)
	is.NoErr(err)                                        // the form is answered
	is.NoErr(check(resp, []byte("boot log "+sum(file)))) // and arrived as it is
}

// A redirect leads to another origin through the same proxy.
func testRedirect(t *testing.T, w way) {
	is := is.New(t)
	other := newOrigin(t)
	w.link.recorded = true
	args := w.args()
	args.Auth = zreq.Basic("device", "sesame")
	resp, err := zreq.Get(t.Context(), w.url+"/to?"+w.at(other, "other.test")+"/small", args)
	is.NoErr(err)
	is.NoErr(check(resp, small)) // the other origin has answered

	body := noise(5 << 20)
	args.Body = bytes.NewReader(body)
	resp, err = zreq.Put(t.Context(), w.url+"/to?"+w.at(other, "other.test")+"/take/it", args)
	is.NoErr(err)
	is.NoErr(check(resp, []byte(taken("PUT", body)))) // the body was sent again, whole

	is.True(w.origin.saw(basic("device", "sesame"))) // the first origin knows who asks
	is.True(!other.saw("Authorization"))             // the other one does not
	w.separate(t, other)
	if w.scheme == "https" {
		is.True(!w.link.saw(basic("device", "sesame"))) // nor does the proxy
	}
	if !strings.HasPrefix(w.relay.address, "https://") {
		is.True(w.link.saw("origin.test")) // which looks the names up
	}
}

// Plain http origins behind a proxy that forwards share connections. Others have their own.
func testOrigins(t *testing.T, w way) {
	is := is.New(t)
	session, other := w.session(t), newOrigin(t)
	for range 2 {
		for _, url := range []string{w.url, w.at(other, "other.test")} {
			resp, err := session.Get(t.Context(), url+"/small", nil)
			is.NoErr(err)
			is.NoErr(check(resp, small))
		}
	}
	want := 2
	switch {
	case w.tunnelled():
	case w.relay.closes:
		want = 4
	default:
		want = 1
	}
	is.Equal(w.link.count(), want)
}

func testProxyKeep(t *testing.T, w way) {
	is := is.New(t)
	dials := w.keeps(t, "/small", !w.tunnelled() && w.relay.closes)
	want := 1
	if !w.tunnelled() && w.relay.closes {
		want = calls
	}
	is.Equal(dials, want)          // as often as the proxy closes
	is.Equal(w.link.count(), want) // connections to the proxy
	if w.tunnelled() {
		is.Equal(w.origin.count(), want) // each of which is one to the origin
	}
}

// The proxy is started again in between.
func testProxyShare(t *testing.T, w way) {
	is := is.New(t)
	session := w.session(t)
	for round := 1; round <= 2; round++ {
		if round > 1 {
			w.relay.restart(t)
		}
		dialled := int(w.shares(t, session, "/small").Dialled)
		is.Equal(dialled, w.link.count()) // the Session counts as the link does
		if w.tunnelled() {
			is.Equal(dialled, w.origin.count()) // each is one to the origin
		}
		if w.tunnelled() || !w.relay.closes {
			is.True(dialled <= 8*round) // as many as OpenPerOrigin allows, and none twice
		} else {
			is.True(dialled >= calls*round) // one for each call, and those that came too late
		}
	}
}

// An origin that pretends to be a proxy does not get the credentials of the proxy.
func testLogin(t *testing.T, w way) {
	is := is.New(t)
	resp, err := zreq.Get(t.Context(), w.url+"/login", w.args())
	is.NoErr(err)
	is.Equal(resp.Status, 407)                 // a response as any other
	is.Equal(w.origin.times("GET /login "), 1) // to one request; see also separate
}

// Nobody listens at the address that the proxy is asked for.
func testRefused(t *testing.T, w way) {
	is := is.New(t)
	resp, err := zreq.Get(t.Context(), w.scheme+"://"+address(t)+"/small", w.args())
	if !w.tunnelled() {
		is.NoErr(err)
		is.True(resp.Status >= 500) // the proxy says so in its own page
		return
	}
	var refusal *proxy.Error
	is.True(errors.As(err, &refusal)) // a dial of the proxy
	is.True(errors.Is(err, proxy.ErrRefused))
	is.True(errors.Is(err, zreq.ErrConnect))
	is.True(zreq.SafeToRetry(err)) // the origin received nothing
}

func testPassword(t *testing.T, w way) {
	if w.relay.user == "" {
		return
	}
	is := is.New(t)
	args := w.args()
	args.Driver = w.relay.driver(t, w.link, "wrong")
	resp, err := zreq.Get(t.Context(), w.url+"/small", args)
	if !w.tunnelled() {
		is.NoErr(err)
		is.True(resp.Status == 401 || resp.Status == 407) // the proxy says so in its own page
		return
	}
	is.True(errors.Is(err, proxy.ErrCredentials))
	is.True(!zreq.Transient(err)) // it would be refused again
	is.Equal(w.origin.count(), 0) // and nothing reached the origin
}
