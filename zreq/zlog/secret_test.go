package zlog_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

const (
	secret = "hunter2"
	// secretURL has it wherever a URL may have one, but for the host and the path.
	secretURL = "http://user:" + secret + "@device.test/x?token=" + secret + "&n=" + secret + "#" + secret
)

// A secretCall is a call that has the secret wherever a call can.
type secretCall struct {
	method  string // GET if none
	url     string // secretURL if none
	scripts [][]zreqtest.Step
	args    zreq.Args
	driver  func(*zreqtest.Peer) netdriver.Driver // around the peer
	shows   string                                // what the log does have, for else the call was another
}

// failing is a driver, or a TLS, that fails with err.
type failing struct{ err error }

func (f failing) Dial(context.Context, string, string) (netdriver.Conn, error) { return nil, f.err }

func (f failing) Client(_ context.Context, c netdriver.Conn, _ string) (netdriver.Conn, error) {
	_ = c.Close()
	return nil, f.err
}

// quotes fails in the words of package net/url, which quote all.
func quotes() error {
	return &url.Error{Op: "Get", URL: secretURL, Err: errors.New("no route")}
}

func over(err error) func(*zreqtest.Peer) netdriver.Driver {
	return func(*zreqtest.Peer) netdriver.Driver { return failing{err} }
}

// to is a redirect.
func to(location string) string {
	return page(307, "Location: "+location+"\r\nSet-Cookie: id="+secret+"\r\n", secret)
}

// steps is a peer that gives these answers on one connection.
func steps(responses ...string) [][]zreqtest.Step { return [][]zreqtest.Step{answering(responses...)} }

// secretCalls are calls of every kind, by name.
func secretCalls() map[string]secretCall {
	all := plainCalls()
	for name, u := range map[string]string{
		"host":     "http://user:" + secret + "@",
		"port":     "http://user:" + secret + "@h:port/",
		"userinfo": "http://user:" + secret + "@" + secret + "@h/",
		"slash":    "http://user:" + secret + "/" + secret + "@h/",
		"space":    "http://user:" + secret + " @h/",
		"scheme":   "ftp://user:" + secret + "@h/",
		"unicode":  "http://user:" + secret + "@hé/?" + secret,
		"IPv6":     "http://user:" + secret + "@[::1:" + secret + "@h/",
	} {
		all["bad URL, "+name] = secretCall{url: u, shows: "invalid request"}
	}
	addRedirects(all)
	return all
}

// plainCalls are those to one place.
func plainCalls() map[string]secretCall {
	ok := page(200, "Set-Cookie: id="+secret+"\r\nWWW-Authenticate: Basic "+secret+"\r\n", secret)
	early := "HTTP/1.1 103 X\r\nLink: <" + secretURL + ">\r\n\r\n"
	_, badURL := url.Parse(strings.Replace(secretURL, "test", "test:port", 1))
	return map[string]secretCall{
		"well": {scripts: steps(early + ok), shows: "informational"},
		"connection": {scripts: steps(ok), shows: "request", args: zreq.Args{
			Headers: zreq.Headers{{"Connection", "Keep-Alive"}},
		}},
		"params and body": {method: "POST", scripts: steps(ok), shows: "sent body", args: zreq.Args{
			Params: form.Values{{"k", secret}}, Data: form.Values{{"k", secret}},
		}},
		"reason":         {scripts: steps("HTTP/1.1 500 " + secret + "\r\nContent-Length: 0\r\n\r\n"), shows: "500"},
		"callback fails": {scripts: steps(ok), args: zreq.Args{StreamCallback: func([]byte) error { return quotes() }}, shows: "no route"},
		"OnHead fails": {scripts: steps(ok), args: zreq.Args{OnHead: func(r *zreq.Response) error {
			return fmt.Errorf("refused: Set-Cookie: %s", r.Header("Set-Cookie"))
		}}, shows: "refused: Set-Cookie:"},
		"body fails": {method: "POST", scripts: steps(), shows: "no route", args: zreq.Args{
			Body: io.MultiReader(strings.NewReader("x"), broken{quotes()}),
		}},
		"auth fails": {shows: "no route", args: zreq.Args{
			Auth: zreq.BasicFunc(func() (string, string, error) { return "", "", quotes() }),
		}},
		"status": {scripts: steps(page(401, "WWW-Authenticate: Basic realm="+secret+"\r\n", secret)), shows: "401", args: zreq.Args{
			StreamCallback: func([]byte) error { return nil },
		}},
		"method":          {method: "GET " + secretURL, shows: "not a token"},
		"field":           {args: zreq.Args{Headers: zreq.Headers{{"Cookie", secret + "\n"}}}, shows: "request failed"},
		"framing":         {scripts: steps("HTTP/1.1 200 OK\r\nContent-Length: " + secret + "\r\n\r\n"), shows: "bad response"},
		"no HTTP":         {scripts: steps(secretURL + "\r\n\r\n"), shows: "bad response"},
		"retries":         {scripts: append(steps(page(503, "", secret)), []zreqtest.Step{zreqtest.Refuse()}), shows: "tries"},
		"retries in vain": {scripts: steps(), driver: over(quotes()), shows: "tries"},
		"dial":            {driver: over(quotes()), shows: "no route"},
		"dial, in words":  {driver: over(fmt.Errorf("proxy %s said no, to Basic %s", secretURL, secret)), shows: "said no"},
		"dial, a field":   {driver: over(errors.New("proxy refused\r\nProxy-Authorization: Basic " + secret + "\r\nno more")), shows: "no more"},
		"dial, a bad URL": {driver: over(badURL), shows: "invalid port"},
		"TLS fails":       {url: secure(secretURL), scripts: steps(), args: zreq.Args{TLS: failing{quotes()}}, shows: "secured"},
	}
}

// addRedirects adds calls that are led elsewhere.
func addRedirects(all map[string]secretCall) {
	ok := page(200, "", secret)
	for name, location := range map[string]string{
		"same":     "/y?token=" + secret + "#" + secret,
		"query":    "?token=" + secret,
		"away":     "http://other.test/?token=" + secret,
		"userinfo": secretURL,
		"scheme":   "ftp://user:" + secret + "@other.test/",
		"broken":   "http://user:" + secret + "@other.test:port/?" + secret,
		"space":    "http://other.test/a b?token=" + secret + " " + secret,
	} {
		all["redirect, "+name] = secretCall{scripts: append(steps(to(location), ok), answering(ok)), shows: "307"}
		all["redirect asked, "+name] = secretCall{
			scripts: append(steps(to(location), ok), answering(ok)), shows: "307",
			args: zreq.Args{OnRedirect: func(r *zreq.Response, url string) error {
				return fmt.Errorf("not to %s, nor %q", url, r.Header("Location"))
			}},
		}
	}
	all["redirect, down"] = secretCall{
		url: secure(secretURL), args: zreq.Args{TLS: plain{}}, scripts: steps(to(strings.Replace(secretURL, "user:"+secret+"@", "", 1))),
		shows: "from https to http",
	}
	all["redirects, many"] = secretCall{
		scripts: steps(to("/1?"+secret), to("/2?"+secret)), args: zreq.Args{MaxRedirects: 1}, shows: "MaxRedirects",
	}
}

func secure(u string) string { return strings.Replace(u, "http:", "https:", 1) }

// broken is a body that fails.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

// plain calls itself TLS.
type plain struct{}

func (plain) Client(_ context.Context, c netdriver.Conn, _ string) (netdriver.Conn, error) {
	return struct{ netdriver.Conn }{c}, nil
}

// make makes the call, also by a Session, and with the secret as the cause of a
// context that ends. trace writes into b.
func (c secretCall) make(t *testing.T, trace zreq.Trace, how string) {
	scripts := c.scripts
	if how == "retried" {
		scripts = append([][]zreqtest.Step{{zreqtest.Request(), zreqtest.Reset()}}, scripts...)
	}
	peer := zreqtest.NewPeer(t, scripts...)
	args := c.args
	args.Trace, args.Driver = trace, peer
	if c.driver != nil {
		args.Driver = c.driver(peer)
	}
	if args.Auth == nil && !strings.Contains(c.url, "@") {
		args.Headers = append(args.Headers, [2]string{"Cookie", "id=" + secret}, [2]string{"X-Token", secret})
	}
	method, url := "GET", secretURL
	if c.method != "" {
		method = c.method
	}
	if c.url != "" {
		url = c.url
	}
	ctx := context.Background()
	s := &zreq.Session{Retry: zreq.Retry{Wait: -1, Attempts: 2}, Trace: trace}
	defer s.Close()
	var resp *zreq.Response
	switch how {
	case "alone":
		resp, _ = zreq.Do(ctx, method, url, &args)
	case "cancelled":
		ended, cancel := context.WithCancelCause(ctx)
		cancel(quotes())
		resp, _ = zreq.Do(ended, method, url, &args)
	default:
		resp, _ = s.Do(ctx, method, url, &args)
	}
	if resp != nil && resp.Connection != nil {
		_ = resp.Connection.Close()
	}
}
