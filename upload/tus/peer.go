package tus

import (
	"context"
	"net/url"
	"strings"

	"github.com/zreq-go/zreq/internal/suspect"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
)

// peer is the other side of an upload: how requests are sent there, and the connection that
// is kept for the next one.
type peer struct {
	given    string // the endpoint
	endpoint *url.URL
	args     *Args
	conn     *zreq.Connection // nil if there is none
	to       string           // the origin that conn leads to
}

// enter parses the endpoint. If it is not valid, the first request returns the error.
func (p *peer) enter(endpoint string) {
	at, err := url.Parse(endpoint)
	if err != nil {
		at = &url.URL{}
	}
	p.given, p.endpoint = endpoint, at
}

// originOf returns the scheme, the host and the port of a URL (RFC 6454, 4).
func originOf(u *url.URL) string {
	scheme, port := strings.ToLower(u.Scheme), u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[scheme]
	}
	return scheme + "://" + strings.ToLower(u.Hostname()) + ":" + port
}

// isForeign reports whether a URL has another origin than the endpoint.
func (p *peer) isForeign(at string) bool {
	to, err := url.Parse(at)
	return err != nil || originOf(to) != originOf(p.endpoint)
}

// call makes a request without a body.
func (p *peer) call(ctx context.Context, method, at string, fields zreq.Headers) (*zreq.Response, error) {
	c := p.request(method, at, fields)
	args := &zreq.Args{
		Params: c.Params, Headers: c.Headers, Omit: c.Omit, OriginOnly: c.OriginOnly,
		Connection: c.Connection, Driver: c.Driver, TLS: c.TLS, Auth: c.Auth,
		Timeouts: c.Timeouts, Limits: c.Limits, Trace: c.Trace, Into: c.Into,
		Retry: c.Retry, Anonymous: c.Anonymous, MaxRedirects: c.MaxRedirects,
		OnRedirect: func(r *zreq.Response, to string) error { return onRedirect(c, r, to) },
	}
	if strings.HasPrefix(method, "P") { // a POST with no content still says how much
		args.Body = strings.NewReader("")
	}
	do := zreq.Do
	if c.Session != nil {
		do = c.Session.Do
	}
	resp, err := do(ctx, c.Method, p.authorized(at), args)
	p.keep(resp, c)
	return resp, err
}

// onRedirect stops at a redirect that would turn a POST into a GET.
func onRedirect(c *upload.Args, r *zreq.Response, to string) error {
	switch {
	case r.Status == 303 || c.Method == "POST" && r.Status < 303:
		return zreq.ErrStop
	case c.OnRedirect != nil:
		return c.OnRedirect(r, to)
	}
	return nil
}

// contentType is that of every body. As a field it replaces a Content-Type of the Session.
const contentType = "application/offset+octet-stream"

// send makes a request with a body.
func (p *peer) send(ctx context.Context, method, at string, fields zreq.Headers, body upload.Source, progress func(sent, total int64)) (*zreq.Response, error) {
	c := p.request(method, at, append(fields, [2]string{"Content-Type", contentType}))
	c.Progress = progress
	resp, err := upload.Upload(ctx, p.authorized(at), body, c)
	p.keep(resp, c)
	return resp, err
}

// request returns the arguments of a request. One to another origin than that of the
// endpoint does not say who is asking.
func (p *peer) request(method, at string, fields zreq.Headers) *upload.Args {
	c := p.args.Call
	own := make(zreq.Headers, 0, len(c.Headers)+len(fields)+3)
	for _, field := range c.Headers {
		if method == "POST" || !strings.EqualFold(field[0], "Idempotency-Key") {
			own = append(own, field)
		}
	}
	if method != "OPTIONS" { // "The Tus-Resumable header MUST be included in every request" but that
		own = append(own, [2]string{"Tus-Resumable", version})
	}
	own = append(own, fields...)
	if p.args.MethodOverride && (method == "PATCH" || method == "DELETE") {
		own = append(own, [2]string{"X-HTTP-Method-Override", method})
		method = "POST"
	}
	to, _ := url.Parse(at)
	c.Anonymous = c.Anonymous || at != p.given && p.isForeign(at)
	if c.Session == nil && c.Connection == nil {
		if _, ok := own.Get("Connection"); !ok {
			own = append(own, [2]string{"Connection", "Keep-Alive"})
		}
		c.Connection = p.kept(to)
	}
	if at != p.given {
		c.Params = nil
	}
	c.Method, c.Headers, c.Resume, c.Progress = method, own, nil, nil
	c.Retry = zreq.Retry{Attempts: 1} // the upload has its own
	return &c
}

// authorized returns a URL with the userinfo of the endpoint, if it has the same origin.
func (p *peer) authorized(at string) string {
	if p.endpoint.User == nil {
		return at
	}
	to, err := url.Parse(at)
	if err != nil || to.User != nil || originOf(to) != originOf(p.endpoint) {
		return at
	}
	to.User = p.endpoint.User
	return to.String()
}

// kept returns the connection that was kept, if it leads to the origin of a URL.
func (p *peer) kept(to *url.URL) *zreq.Connection {
	if p.conn == nil || to != nil && originOf(to) == p.to {
		return p.conn
	}
	p.close()
	return nil
}

// keep keeps the connection of a response for the next request.
func (p *peer) keep(resp *zreq.Response, c *upload.Args) {
	if resp == nil || resp.Connection == nil || resp.Connection == p.conn || resp.Connection == p.args.Call.Connection {
		return
	}
	at, err := url.Parse(resp.URL())
	if err != nil {
		_ = resp.Connection.Close()
		return
	}
	p.close()
	p.conn, p.to = resp.Connection, originOf(at)
}

// suspect tells the driver which link has stalled or broken, if err says that.
func (p *peer) suspect(ctx context.Context, err error) {
	suspect.Tell(ctx, err, p.args.Call.Session, p.args.Call.Driver)
}

// close closes the connection that was kept.
func (p *peer) close() {
	if p.conn != nil {
		_ = p.conn.Close()
		p.conn = nil
	}
}
