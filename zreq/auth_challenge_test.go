package zreq_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// challenged is a 401 with challenges, and the content "who?".
func challenged(challenges ...string) string {
	head := "HTTP/1.1 401 Who\r\n"
	for _, c := range challenges {
		head += "WWW-Authenticate: " + c + "\r\n"
	}
	return head + "Content-Length: 4\r\n\r\nwho?"
}

// answerer answers challenges, and says nothing without one.
func answerer() *asker {
	return &asker{give: func(r zreq.AuthRequest) (string, error) {
		if r.Refused == nil {
			return "", nil
		}
		return "Own to " + strings.Join(r.Refused.Values("WWW-Authenticate"), " and "), nil
	}}
}

// testAuthChallenge: an answer to a challenge is one more request, the same but for
// the answer, on the same connection if that can be used again.
func testAuthChallenge(t *testing.T) {
	closing := strings.Replace(challenged("New"), "Content-Length", "Connection: close\r\nContent-Length", 1)
	for name, tt := range map[string]struct {
		method    string
		challenge string
		args      zreq.Args
		dials     int
		says      string
	}{
		"GET":                   {"GET", challenged("New"), zreq.Args{}, 1, "New"},
		"HEAD":                  {"HEAD", strings.TrimSuffix(challenged("New"), "who?"), zreq.Args{}, 1, "New"},
		"a method of its own":   {"BREW", challenged("New"), zreq.Args{}, 1, "New"},
		"with a body":           {"POST", challenged("New"), zreq.Args{Body: strings.NewReader("hello")}, 1, "New"},
		"with a form":           {"POST", challenged("New"), zreq.Args{Data: pairs}, 1, "New"},
		"with Params":           {"GET", challenged("New"), zreq.Args{Params: form.Values{{"p", "1"}}}, 1, "New"},
		"two fields":            {"GET", challenged("Basic realm=\"x, y\"", "New, Other a=b"), zreq.Args{}, 1, "Basic realm=\"x, y\" and New, Other a=b"},
		"another case":          {"GET", strings.Replace(challenged("New"), "WWW-Auth", "www-auth", 1), zreq.Args{}, 1, "New"},
		"close":                 {"GET", closing, zreq.Args{}, 2, "New"},
		"HTTP/1.0":              {"GET", strings.Replace(challenged("New"), "1.1", "1.0", 1), zreq.Args{}, 2, "New"},
		"a large page":          {"GET", "HTTP/1.1 401 Who\r\nWWW-Authenticate: New\r\nContent-Length: 40000\r\n\r\n" + numbered(40_000), zreq.Args{}, 2, "New"},
		"a page in chunks":      {"GET", "HTTP/1.1 401 Who\r\nWWW-Authenticate: New\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwho?\r\n0\r\n\r\n", zreq.Args{}, 1, "New"},
		"a page until close":    {"GET", "HTTP/1.1 401 Who\r\nWWW-Authenticate: New\r\n\r\nwho?", zreq.Args{}, 2, "New"},
		"nothing asked to keep": {"GET", challenged("New"), zreq.Args{Headers: zreq.Headers{{"Connection", "close"}}}, 2, "New"},
		"DropHead":              {"GET", challenged("New"), zreq.Args{DropHead: true}, 1, "New"},
		"redirects are off":     {"GET", challenged("New"), zreq.Args{MaxRedirects: -1}, 1, "New"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			final := "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
			if tt.method != "HEAD" {
				final += "hi"
			}
			peer := zreqtest.NewPeer(t, answering(tt.challenge, final), answering(final))
			conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
			is.NoErr(err)
			auth, heads := answerer(), 0
			tt.args.Auth, tt.args.Connection = auth, conn
			tt.args.OnHead = func(r *zreq.Response) error {
				heads++
				is.Equal(r.Status, 200)
				return nil
			}
			resp, err := zreq.Do(context.Background(), tt.method, site, &tt.args)
			is.NoErr(err)
			is.Equal(resp.Status, 200)
			is.Equal(heads, 1) // of the answer
			is.Equal(len(resp.History()), 0)
			is.Equal(len(peer.Requests()), 2)
			is.Equal(authorization(peer.Requests()), []string{"", "Own to " + tt.says})
			is.Equal(strings.Replace(peer.Requests()[1], "Authorization: Own to "+tt.says+"\r\n", "", 1), peer.Requests()[0]) // else the same
			is.Equal(len(auth.asked), 2)
			is.Equal(auth.asked[1].Method, tt.method)
			is.Equal(auth.asked[1].Target, auth.asked[0].Target)
			is.Equal(auth.asked[1].Origin, "http://device.test")
			is.Equal(auth.asked[1].Body, auth.asked[0].Body)
			is.Equal(peer.Dials(), tt.dials)
			is.NoErr(conn.Close())
			is.Equal(peer.Open(), 0)
		})
	}
}

// testAuthUnanswered: without an answer, and after one, a 401 is a response like
// any other, with its page.
func testAuthUnanswered(t *testing.T) {
	quiet := func() *asker { return &asker{give: func(zreq.AuthRequest) (string, error) { return "", nil }} }
	hello := func() io.Reader { return strings.NewReader("hello") }
	for name, tt := range map[string]struct {
		url      string
		auth     zreq.Auth
		asker    func() *asker
		body     func() io.Reader
		requests int
		asked    int
	}{
		"no Auth":          {url: site, requests: 1},
		"the URL":          {url: "http://u:p@device.test/x", requests: 1},
		"Basic":            {url: site, auth: zreq.Basic("u", "p"), requests: 1},
		"Bearer":           {url: site, auth: zreq.Bearer("t"), requests: 1},
		"nothing to say":   {url: site, asker: quiet, requests: 1, asked: 2},
		"a body, once":     {url: site, asker: answerer, body: func() io.Reader { return stream{hello()} }, requests: 1, asked: 2},
		"a body, sized":    {url: site, asker: answerer, body: func() io.Reader { return measured{hello(), 5} }, requests: 1, asked: 2},
		"its Rewind fails": {url: site, asker: answerer, body: func() io.Reader { return &rewindable{Reader: hello(), fine: 1} }, requests: 1, asked: 2},
		"a second 401":     {url: site, asker: answerer, requests: 2, asked: 2},
		"a second, a body": {url: site, asker: answerer, body: hello, requests: 2, asked: 2},
	} {
		for _, mode := range []string{"content", "callback", "Stream"} {
			t.Run(name+"/"+mode, func(t *testing.T) {
				is := is.New(t)
				peer := answers(t, challenged("New"), challenged("Newer"), byLength("next"))
				args, s, auth := zreq.Args{Driver: peer, Headers: asks(), Auth: tt.auth, Stream: mode == "Stream"}, new(sink), new(asker)
				if tt.asker != nil {
					auth = tt.asker()
					args.Auth = auth
				}
				if tt.body != nil {
					args.Body = tt.body()
				}
				if mode == "callback" {
					args.StreamCallback = s.take
				}
				resp, err := zreq.Put(context.Background(), tt.url, &args)
				is.Equal(errors.Is(err, zreq.ErrStatus), mode == "callback")
				is.Equal(err != nil, mode == "callback")
				is.Equal(resp.Status, 401)
				is.Equal(content(is, resp), "who?") // its page can be read
				is.Equal(resp.Header("WWW-Authenticate"), []string{"New", "Newer"}[tt.requests-1])
				is.Equal(len(s.sizes), 0)
				is.Equal(len(peer.Requests()), tt.requests)
				is.Equal(len(auth.asked), tt.asked)
				if tt.asked == 2 && tt.requests == 1 {
					is.Equal(auth.asked[1].Unanswerable, tt.body != nil) // it can keep the challenge
				}
				is.Equal(resp.CloseReason(), zreq.CloseNone)
				is.NoErr(resp.Connection.Close())
				is.Equal(peer.Dials(), 1)
			})
		}
	}
	for name, status := range map[string]int{"403": 403, "407": 407, "200": 200} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			auth := answerer()
			peer := answers(t, strings.Replace(challenged("New"), "401", name, 1))
			resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Auth: auth})
			is.NoErr(err)
			is.Equal(resp.Status, status)
			is.Equal(len(auth.asked), 1) // only a 401 asks
		})
	}
}

// TestAuthChallengeFails: an error of Auth ends the call with the 401.
func TestAuthChallengeFails(t *testing.T) {
	is := is.New(t)
	peer := answers(t, challenged("New"))
	resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Headers: asks(), Auth: &asker{give: func(r zreq.AuthRequest) (string, error) {
		if r.Refused == nil {
			return "", nil
		}
		return "hush", errNoSecret
	}}})
	is.True(errors.Is(err, errNoSecret))
	is.True(!strings.Contains(err.Error(), "hush"))
	is.True(!zreq.SafeToRetry(err))
	is.Equal(resp.Status, 401)
	is.Equal(len(peer.Requests()), 1)
	is.Equal(peer.Open(), 0)
}

// TestAuthNoChallenge: a 401 without a challenge, which no server should send and
// many do (RFC 9110, 15.5.2), asks for nothing that could be answered: the same
// credentials are not sent again.
func TestAuthNoChallenge(t *testing.T) {
	for name, auth := range map[string]zreq.Auth{"Basic": zreq.Basic("u", "p"), "Bearer": zreq.Bearer("t")} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := answers(t, page(401, "no"), page(401, "again"))
			resp, err := zreq.Post(context.Background(), site, &zreq.Args{Driver: peer, Headers: asks(), Auth: auth})
			is.NoErr(err)
			is.Equal(content(is, resp), "no")
			is.Equal(len(peer.Requests()), 1)
			is.NoErr(resp.Connection.Close())
		})
	}
}

// TestAuthChallengeEarly: a 401 that comes before the body has gone out.
func TestAuthChallengeEarly(t *testing.T) {
	text := numbered(1 << 20)
	for name, tt := range map[string]struct {
		body   io.Reader
		asks   bool
		status int
	}{
		"in mid-body":           {bytes.NewReader([]byte(text)), false, 204},
		"in mid-body, a stream": {stream{strings.NewReader(text)}, false, 401},
		"instead of 100":        {bytes.NewReader([]byte(text)), true, 204},
		"likewise, a stream":    {stream{strings.NewReader(text)}, true, 204}, // of which nothing was read
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				early := steps(zreqtest.Head(), zreqtest.Send(challenged("New")), zreqtest.Hold())
				peer := zreqtest.NewPeer(t, early, answering(noContent))
				resp, err := zreq.Put(context.Background(), site, &zreq.Args{
					Driver: peer, Headers: asks(), Auth: answerer(), Body: tt.body, Expect100: tt.asks,
				})
				is.NoErr(err)
				is.Equal(resp.Status, tt.status)
				if tt.status == 401 {
					is.Equal(peer.Dials(), 1)
					is.Equal(content(is, resp), "who?")
					closed(is, peer, resp, zreq.CloseUnsent)
					return
				}
				is.Equal(peer.Dials(), 2) // half a request lies on the first
				_, got, _ := strings.Cut(peer.Requests()[1], "\r\n\r\n")
				if strings.Contains(peer.Requests()[1], "chunked") {
					got = dechunk(t, got)
				}
				is.True(got == text)
				is.Equal(authorization(peer.Requests()), []string{"", "Own to New"})
				is.Equal(peer.Open(), 1)
				is.NoErr(resp.Connection.Close())
			})
		})
	}
}

// TestAuthRedirected: a challenge behind a redirect is answered on the first
// origin, once for each URL, and nowhere else.
func TestAuthRedirected(t *testing.T) {
	t.Run("same origin", func(t *testing.T) {
		is := is.New(t)
		auth := answerer()
		peer := answers(t, challenged("One"), moved(307, "/y?z"), challenged("Two"), moved(303, "/w"), challenged("Three"), byLength("hi"))
		resp, err := zreq.Post(context.Background(), site, &zreq.Args{
			Driver: peer, Headers: asks(), Auth: auth, Params: form.Values{{"p", "1"}}, Body: strings.NewReader("hello"),
		})
		is.NoErr(err)
		is.Equal(content(is, resp), "hi")
		is.Equal(lines(peer), []string{
			"POST /x?p=1 device.test", "POST /x?p=1 device.test", "POST /y?z device.test", "POST /y?z device.test", "GET /w device.test", "GET /w device.test",
		})
		is.Equal(authorization(peer.Requests()), []string{"", "Own to One", "", "Own to Two", "", "Own to Three"})
		is.Equal(auth.asked[3].Target, "/y?z") // of the request that is challenged
		is.Equal(auth.asked[5].Method, "GET")
		is.Equal(auth.asked[5].Body, nil)
		is.Equal(len(resp.History()), 2)
		is.Equal(peer.Dials(), 1)
		is.NoErr(resp.Connection.Close())
	})
	t.Run("elsewhere and back", func(t *testing.T) {
		for _, chain := range [][]string{{moved(302, "//other.test/")}, {moved(302, "//other.test/"), moved(302, "//device.test/y")}} {
			is := is.New(t)
			auth := answerer()
			peer := each(t, append(chain, challenged("New"))...)
			resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Auth: auth})
			is.NoErr(err)
			is.Equal(resp.Status, 401)
			is.Equal(content(is, resp), "who?")
			is.Equal(len(auth.asked), 1) // for the first request
			is.Equal(len(peer.Requests()), len(chain)+1)
		}
	})
}

// TestAuthSent: an Auth is told what was refused, and is asked anew for a request
// that is sent again without an expectation.
func TestAuthSent(t *testing.T) {
	t.Run("refused", func(t *testing.T) {
		is := is.New(t)
		auth := &asker{}
		peer := answers(t, moved(302, "/y"), challenged("A", "B"), moved(302, "/z"), noContent)
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Headers: asks(), Auth: auth})
		is.NoErr(err)
		is.Equal(authorization(peer.Requests()), []string{"Own 1", "Own 2", "Own 3", "Own 4"})
		is.Equal(auth.challenges, []string{"A", "B"}) // in their order
		for i, want := range []string{"", "", "Own 2", ""} {
			is.Equal(auth.asked[i].Sent, want)
		}
		is.NoErr(resp.Connection.Close())
	})
	t.Run("expectation failed", func(t *testing.T) {
		is := is.New(t)
		auth := &asker{}
		refusal := "HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n"
		peer := zreqtest.NewPeer(t, steps(zreqtest.Head(), zreqtest.Send(challenged("New"))), steps(zreqtest.Head(), zreqtest.Send(refusal)), answering(challenged("Newer"), noContent))
		resp, err := asking(peer, zreq.Args{Auth: auth, Headers: asks(), Params: form.Values{{"p", "1"}}})
		is.NoErr(err)
		is.Equal(resp.Status, 204)
		is.Equal(authorization(peer.Requests()), []string{"Own 1", "Own 2", "Own 3", "Own 4"}) // none twice
		is.Equal(auth.asked[2].Sent, "")
		for _, r := range peer.Requests() {
			is.True(strings.HasPrefix(r, "PUT /x?p=1 HTTP/1.1\r\n"))
		}
		is.NoErr(resp.Connection.Close())
	})
}

// TestAuthChallengeWaits: the second request has its own limits, and the context
// ends it.
func TestAuthChallengeWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		limits := everyLimit(1)
		peer := zreqtest.NewPeer(t, append(answering(challenged("New")), zreqtest.Request(), zreqtest.Hold()))
		untilTimeout(t, zreq.PhaseHead, limits, func(ctx context.Context) error {
			resp, err := zreq.Get(ctx, site, &zreq.Args{Driver: peer, Headers: asks(), Auth: answerer(), Timeouts: limits})
			is.True(resp == nil) // a 401 that was answered is no answer
			return err
		})
		is.Equal(peer.Open(), 0)
		ctx, cancel := context.WithTimeoutCause(context.Background(), time.Second, errCancelled)
		defer cancel()
		peer = zreqtest.NewPeer(t, steps(zreqtest.Request(), zreqtest.Send(strings.TrimSuffix(challenged("New"), "?")), zreqtest.Hold()))
		_, err := zreq.Get(ctx, site, &zreq.Args{Driver: peer, Headers: asks(), Auth: &asker{give: func(r zreq.AuthRequest) (string, error) {
			if r.Refused != nil {
				cancel()
			}
			return "x", nil
		}}})
		is.True(errors.Is(err, context.Canceled))
		is.Equal(peer.Open(), 0)
	})
}

// TestAuthChallengeSent: Error.Sent counts the request that was challenged; only
// of one that a 417 refused it does not.
func TestAuthChallengeSent(t *testing.T) {
	for name, answer := range map[string]string{"not sent": "Own", "not sendable": "a\nb"} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, answering(challenged("New")), steps(zreqtest.Refuse()))
			_, err := zreq.Post(context.Background(), site, &zreq.Args{Driver: peer, Auth: &asker{give: func(r zreq.AuthRequest) (string, error) {
				if r.Refused == nil {
					return "", nil
				}
				return answer, nil
			}}})
			is.Equal(failure(is, err).Sent, int64(len(peer.Requests()[0]))) // 0 is: certainly none
			is.True(!zreq.SafeToRetry(err))
		})
	}
}
