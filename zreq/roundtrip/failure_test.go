package roundtrip_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/roundtrip"
)

// look is what programs look at in an error.
type look struct {
	Itself             string          // the sentinel that it is
	Is, Types, Words   map[string]bool // what errors.Is, a type assertion and a search in the text find
	Timeout, Temporary bool            // of the *url.Error, or of a net.Error
}

var errMine = errors.New("the user left")

var sentinels = map[string]error{
	"EOF": io.EOF, "ErrUnexpectedEOF": io.ErrUnexpectedEOF, "Canceled": context.Canceled, "DeadlineExceeded": context.DeadlineExceeded,
	"ErrSchemeMismatch": http.ErrSchemeMismatch, "ErrBodyReadAfterClose": http.ErrBodyReadAfterClose, "ErrLineTooLong": http.ErrLineTooLong,
	"ECONNREFUSED": syscall.ECONNREFUSED, "ECONNRESET": syscall.ECONNRESET, "its own": errMine,
}

// What retrying and classifying clients search for.
var needles = []string{
	"EOF", "unsupported protocol scheme", "invalid header field name", "invalid header field value", "invalid method",
	"no Host in request URL", "nil Request.URL", "nil Request.Header", "Client.Timeout exceeded while awaiting headers",
	"Client.Timeout or context cancellation while reading body", "TLS handshake timeout", "timeout awaiting response headers",
	"malformed HTTP response", "connection refused", "connection reset by peer", "net/http: request canceled",
	"server gave HTTP response to HTTPS client", "tls: failed to verify certificate: x509: certificate signed by unknown authority",
	"server response headers exceeded", "dial tcp",
}

func lookAt(err error) look {
	l := look{Is: map[string]bool{}, Types: map[string]bool{}, Words: map[string]bool{}}
	for _, needle := range needles {
		l.Words[needle] = strings.Contains(err.Error(), needle)
	}
	if told, ok := err.(*url.Error); ok {
		l.Timeout, l.Temporary = told.Timeout(), told.Temporary()
		err = told.Err
	} else if e, ok := err.(net.Error); ok {
		//lint:ignore SA1019 old programs ask for it
		l.Timeout, l.Temporary = e.Timeout(), e.Temporary()
	}
	for name, sentinel := range sentinels {
		l.Is[name] = errors.Is(err, sentinel)
		if err == sentinel {
			l.Itself = name
		}
	}
	_, l.Types["net.Error"] = err.(net.Error)
	_, l.Types["*net.OpError"] = err.(*net.OpError)
	_, l.Types["*tls.CertificateVerificationError"] = err.(*tls.CertificateVerificationError)
	_, l.Types["tls.RecordHeaderError"] = err.(tls.RecordHeaderError)
	l.Types["as x509.UnknownAuthorityError"] = errors.As(err, new(x509.UnknownAuthorityError))
	return l
}

// A mishap is a way for a request to fail.
type mishap struct {
	url    string
	answer string // of a peer, if there is no url
	kept   bool   // on a connection that has carried a response
	set    func(c *http.Client, r *http.Request)
	end    func(r *http.Request) (then func()) // called while the client waits for the peer
	limit  time.Duration                       // on the handshake and the head; 0: 10 s
	direct bool                                // RoundTrip, without a Client
	inBody bool                                // by Read
	facts  bool                                // errors.As finds the facts
	differ string                              // a type that only net/http has here
	more   string                              // a sentinel that only zreq has here
}

func cancelled(r *http.Request) func() {
	ctx, cancel := context.WithCancel(r.Context())
	*r = *r.WithContext(ctx)
	return cancel
}

func caused(r *http.Request) func() {
	ctx, cancel := context.WithCancelCause(r.Context())
	*r = *r.WithContext(ctx)
	return func() { cancel(errMine) }
}

func gone(r *http.Request) func() {
	end := make(chan struct{})
	//lint:ignore SA1019 old programs set it
	r.Cancel = end
	return func() { close(end) }
}

// byThen is when a call ends that waits for its head or its body. A head that comes is
// there by then, however busy the machine is.
const byThen = 2 * time.Second

func late(_ *http.Client, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), byThen)
	context.AfterFunc(ctx, cancel)
	*r = *r.WithContext(ctx)
}

func timeout(c *http.Client, _ *http.Request) { c.Timeout = byThen }

func request(f func(r *http.Request)) func(*http.Client, *http.Request) {
	return func(_ *http.Client, r *http.Request) { f(r) }
}

func mishaps(t *testing.T) map[string]mishap {
	const nobody = "http://127.0.0.1:1" // no system gives this port to a test that runs beside
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(secure.Close)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // whose complaints are the test
	reset := make(chan struct{})
	resets := func(text string) string {
		return handle(t, func(c *net.TCPConn, _ <-chan struct{}) {
			_, _ = io.WriteString(c, text)
			<-reset
			_ = c.SetLinger(0)
		})
	}
	now := func(*http.Request) func() { return func() { reset <- struct{}{} } }
	hung, stalled := hangs(t, ""), hangs(t, responses["cut"][len("close "):])
	return map[string]mishap{
		"no answer":                  {answer: "close "},
		"no answer, kept":            {answer: "close ", kept: true, set: request(func(r *http.Request) { r.Method = "POST" })},
		"cut head":                   {answer: responses["cut head"], facts: true, more: "ErrUnexpectedEOF"},
		"cut length":                 {answer: responses["cut"], inBody: true},
		"cut chunk":                  {answer: responses["cut chunk"], inBody: true},
		"no last chunk":              {answer: responses["no last chunk"], inBody: true},
		"cut gzip":                   {answer: responses["cut gzip"], inBody: true},
		"bad chunk":                  {answer: "close " + chunkedHead + "xyz\r\n", inBody: true, facts: true},
		"no HTTP":                    {answer: responses["no HTTP"], facts: true},
		"nobody listens":             {url: nobody},
		"reset for a head":           {url: resets(""), end: now},
		"reset in the body":          {url: resets(responses["cut"][len("close "):]), end: now, inBody: true, facts: true, differ: "*net.OpError"},
		"untrusted":                  {url: secure.URL, facts: true},
		"untrusted, RoundTrip":       {url: secure.URL, direct: true, facts: true},
		"plain for https":            {url: secured(startPeer(t, "close ").url)},
		"plain for https, RoundTrip": {url: secured(serve(t, http.NotFound).URL), direct: true},
		"closes in the handshake":    {url: secured(closes(t))},
		"silent in the handshake":    {url: secured(hung), limit: 60 * time.Millisecond, facts: true},
		"silent":                     {url: hung, limit: 60 * time.Millisecond, facts: true},
		"cancelled":                  {url: hung, end: cancelled},
		"cancelled for a reason":     {url: hung, end: caused},
		"deadline":                   {url: hung, set: late},
		"Client.Timeout":             {url: hung, set: timeout},
		"Request.Cancel":             {url: hung, end: gone, more: "Canceled"},
		"cancelled in the body":      {url: stalled, end: cancelled, inBody: true},
		"a reason in the body":       {url: stalled, end: caused, inBody: true},
		"deadline in the body":       {url: stalled, set: late, inBody: true},
		"Client.Timeout in the body": {url: stalled, set: timeout, inBody: true},
		"Request.Cancel in the body": {url: stalled, end: gone, inBody: true, more: "Canceled"},
		"body fails":                 {url: hung, set: request(failingBody), facts: true, differ: "*net.OpError"},
		"body is cut":                {url: hung, set: request(cutBody), facts: true, differ: "*net.OpError"},
		"chunked body fails":         {url: hung, set: chunkedBody(errMine)},
		"chunked body is cut":        {url: hung, set: chunkedBody(io.ErrUnexpectedEOF)},
		"chunked body is cancelled":  {url: hung, set: chunkedBody(context.Canceled)},
		"probed body fails":          {url: hung, set: request(probedBody)},
		"scheme":                     {url: "ftp://127.0.0.1/"},
		"no scheme":                  {url: "//127.0.0.1/", direct: true},
		"no host":                    {url: "http:///x", direct: true},
		"method":                     {url: nobody, set: request(func(r *http.Request) { r.Method = "A B" })},
		"field name":                 {url: nobody, set: request(func(r *http.Request) { r.Header["X Y"] = []string{"1"} })},
		"field value":                {url: nobody, set: request(func(r *http.Request) { r.Header["X-Y"] = []string{"a\nb"} })},
		"nil URL":                    {url: nobody, direct: true, set: request(func(r *http.Request) { r.URL = nil })},
		"nil Header":                 {url: nobody, direct: true, set: request(func(r *http.Request) { r.Header = nil })},
		"large head":                 {answer: "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 20<<10) + "\r\n\r\n", facts: true},
	}
}

func failingBody(r *http.Request) {
	r.Method, r.ContentLength = "POST", 9
	r.Body = io.NopCloser(io.MultiReader(strings.NewReader("hello"), iotest.ErrReader(errMine)))
}

func cutBody(r *http.Request) {
	failingBody(r)
	r.Body = io.NopCloser(io.MultiReader(strings.NewReader("hello"), iotest.ErrReader(io.ErrUnexpectedEOF)))
}

func chunkedBody(err error) func(*http.Client, *http.Request) {
	return request(func(r *http.Request) {
		r.Method = "POST"
		r.Body = io.NopCloser(io.MultiReader(strings.NewReader("hello"), iotest.ErrReader(err)))
	})
}

func probedBody(r *http.Request) { r.Body = io.NopCloser(iotest.ErrReader(errMine)) }

func secured(u string) string { return strings.Replace(u, "http:", "https:", 1) }

// TestErrorIsThatOfNetHTTP: what programs look at in an error is there, and what
// they compare by == is the same.
func TestErrorIsThatOfNetHTTP(t *testing.T) {
	t.Parallel()
	for name, m := range mishaps(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			limit := m.limit
			if limit == 0 {
				limit = 10 * time.Second
			}
			transport := &http.Transport{ResponseHeaderTimeout: limit, TLSHandshakeTimeout: limit, MaxResponseHeaderBytes: 16 << 10}
			defer transport.CloseIdleConnections()
			session := &zreq.Session{Timeouts: zreq.Timeouts{Head: limit, TLS: limit}, TLS: tlsnet.New(nil)}
			defer session.Close()
			var std, ours error
			t.Run("both", func(t *testing.T) { // ends when both have
				t.Run("net/http", func(t *testing.T) {
					t.Parallel()
					std = m.fail(t, &http.Client{Transport: transport})
				})
				t.Run("zreq", func(t *testing.T) {
					t.Parallel()
					ours = m.fail(t, &http.Client{Transport: &roundtrip.Transport{Session: session}})
				})
			})
			is.True(std != nil && ours != nil)
			t.Logf("net/http: %v; zreq: %v", std, ours)
			want, got := lookAt(std), lookAt(ours)
			is.Equal(got.Itself, want.Itself)       // the sentinel, not an error that wraps it
			is.Equal(got.Timeout, want.Timeout)     // for those who ask net.Error
			is.Equal(got.Temporary, want.Temporary) // old ones as well
			for what, there := range got.Is {
				if there && !want.Is[what] && what != m.more {
					t.Errorf("zreq has %s: %v; net/http has it not: %v", what, ours, std)
				}
			}
			delete(want.Types, m.differ)
			for _, found := range [][2]map[string]bool{{got.Is, want.Is}, {got.Types, want.Types}, {got.Words, want.Words}} {
				for what, there := range found[1] {
					if there && !found[0][what] {
						t.Errorf("net/http has %s: %v; zreq has it not: %v", what, std, ours)
					}
				}
			}
			is.Equal(errors.As(ours, new(*zreq.Error)), m.facts) // the facts, where a sentinel leaves room for them
			is.Equal(session.Stats().Open, session.Stats().Idle) // nothing is left
		})
	}
}

// fail makes the request and returns its error.
func (m mishap) fail(t *testing.T, c *http.Client) error {
	is := is.New(t)
	target := m.url
	if target == "" && m.kept {
		target = startPeer(t, ok, m.answer).url
		is.NoErr(fetch(c, make1("GET", target, nil)))
	} else if target == "" {
		target = startPeer(t, m.answer).url
	}
	req, err := http.NewRequestWithContext(t.Context(), "GET", target, nil)
	is.NoErr(err)
	if m.set != nil {
		m.set(c, req)
	}
	then := func() {}
	if m.end != nil {
		then = m.end(req)
	}
	if !m.inBody {
		time.AfterFunc(20*time.Millisecond, then)
	}
	do := c.Do
	if m.direct {
		do = c.Transport.RoundTrip
	}
	resp, err := do(req)
	if !m.inBody {
		return err
	}
	is.NoErr(err) // the head is there
	defer resp.Body.Close()
	if m.end != nil {
		_, err = io.ReadFull(resp.Body, make([]byte, 5))
		is.NoErr(err)
		then()
	}
	_, err = io.ReadAll(resp.Body)
	return err
}
