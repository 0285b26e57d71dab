package digest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/digest"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// args are those of a call that keeps its connection.
func args(a zreq.Auth) *zreq.Args {
	return &zreq.Args{
		Driver: new(stdnet.Driver), Auth: a, Into: new(zreq.Response),
		Headers: zreq.Headers{{"Connection", "Keep-Alive"}},
	}
}

// call makes a request and returns its status.
func call(t *testing.T, method, url string, args *zreq.Args) int {
	t.Helper()
	resp, err := zreq.Do(t.Context(), method, url, args)
	if err != nil {
		t.Fatal(err)
	}
	if args.Connection = resp.Connection; args.Connection != nil {
		t.Cleanup(func() { _ = resp.Connection.Close() })
	}
	return resp.Status
}

// testEveryKind is a dialogue with a server of each kind: what it has to say is
// in the test that server makes of each request.
func testEveryKind(t *testing.T) {
	for _, algorithm := range []string{"", "MD5", "MD5-sess", "SHA-256", "SHA-256-sess", "SHA-512-256", "SHA-512-256-sess"} {
		for _, qop := range []string{"", "auth", "auth-int", "auth,auth-int"} {
			for _, extra := range []string{"", ", userhash=true", ", charset=UTF-8", ", charset=UTF-8, userhash=true"} {
				if strings.HasSuffix(algorithm, "-sess") && qop == "" {
					continue
				}
				t.Run(strings.Join([]string{algorithm, qop, extra}, ";"), func(t *testing.T) {
					is := is.New(t)
					s := serve(t, &server{algorithm: algorithm, qop: qop, extra: extra, user: "J\u00e4s\u00f8n Doe", password: "p\u00e4ss"})
					if extra == "" {
						s.user = `a "user" \ b`
					}
					a := digest.New(s.user, s.password)
					a.Integrity = true
					args := args(a)
					is.Equal(call(t, "GET", s.url+"/a?b=c%22", args), 200) // challenged, and let in
					args.Body = strings.NewReader("body")
					is.Equal(call(t, "POST", s.url, args), 200) // let in at once, with a body
					args.Body = form.Values{{"a", "b"}}.Body()
					is.Equal(call(t, "PUT", s.url+"/%7Ea", args), 200)                                                                // and with one of package form
					is.Equal(strings.Join(s.requests(), ", "), "GET /a?b=c%22 none, GET /a?b=c%22 good, POST / good, PUT /%7Ea good") // one 401 is all it takes
					is.Equal(s.connections(), 1)                                                                                      // the 401 does not cost a connection
				})
			}
		}
	}
}

func testCalls(t *testing.T) {
	const none, good, wrong, stale = "GET / none", "GET / good", "GET / wrong", "GET / stale"
	for name, tt := range map[string]struct {
		server   *server
		password string
		statuses []int
		want     []string
	}{
		"the count grows": {
			&server{qop: "auth"}, "", []int{200, 200, 200}, []string{none, good, good, good},
		},
		"a wrong password": {
			&server{qop: "auth"}, "x", []int{401, 401}, []string{none, wrong, wrong, wrong},
		},
		"a wrong password, and one nonce for all": {
			&server{qop: "auth", oneNonce: true}, "x", []int{401, 401, 401}, []string{none, wrong, wrong, wrong},
		},
		"a stale nonce": {
			&server{qop: "auth", uses: 2}, "", []int{200, 200, 200, 200}, []string{none, good, good, stale, good, good},
		},
		"one that is not said to be": {
			&server{qop: "auth", uses: 2, quiet: true}, "", []int{200, 200, 200}, []string{none, good, good, stale, good},
		},
		"one for each request": {
			&server{qop: "auth", uses: 1}, "", []int{200, 200, 200}, []string{none, good, stale, good, stale, good},
		},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			s := serve(t, tt.server)
			if tt.password == "" {
				tt.password = s.password
			}
			args := args(digest.New(s.user, tt.password))
			for _, status := range tt.statuses {
				is.Equal(call(t, "GET", s.url+"/", args), status) // what the server thinks of it
			}
			is.Equal(strings.Join(s.requests(), ", "), strings.Join(tt.want, ", ")) // at most two for a call
			is.Equal(s.connections(), 1)                                            // the 401 does not cost a connection
		})
	}
}

// testBodySentOnce: a body that cannot be sent again is refused with the challenge, which the
// next call answers from the beginning. So it is when the nonce has become stale.
func testBodySentOnce(t *testing.T) {
	is := is.New(t)
	s := serve(t, &server{qop: "auth", uses: 1})
	asked := 0
	args := args(digest.NewFunc(func() (string, string, error) { asked++; return s.user, s.password, nil }))
	for _, status := range []int{401, 200, 401, 200} {
		args.Body = io.MultiReader(strings.NewReader("body"))
		is.Equal(call(t, "PUT", s.url+"/", args), status)
	}
	is.Equal(strings.Join(s.requests(), ", "), "PUT / none, PUT / good, PUT / stale, PUT / good")
	is.Equal(asked, 4) // once for each request
}

// What was wrong is in the response of the 401.
func testCheckTellsWhy(t *testing.T) {
	is := is.New(t)
	s := serve(t, &server{qop: "auth", algorithm: "MD5"})
	resp, err := zreq.Get(t.Context(), s.url, args(digest.New(s.user, "x")))
	is.NoErr(err)
	is.Equal(resp.Status, 401)                                                            // a second 401 is the answer
	is.True(errors.Is(digest.Check(resp.Values("WWW-Authenticate")), digest.ErrPassword)) // never nil: that would be a success
	_ = resp.Connection.Close()
	s.algorithm = "SHA-3"
	resp, err = zreq.Get(t.Context(), s.url, args(digest.New(s.user, s.password)))
	is.NoErr(err)
	is.Equal(resp.Status, 401) // one that cannot be answered is the answer
	text, _ := resp.Text()
	is.Equal(text, "who are you?")                                                         // the response is there whole
	is.True(errors.Is(digest.Check(resp.Values("WWW-Authenticate")), digest.ErrAlgorithm)) // the server is too new
	_ = resp.Connection.Close()
}

// A server that changes its nonce twice in a call does not say that the password is
// wrong.
func testCheckOfAStaleNonce(t *testing.T) {
	is := is.New(t)
	const ok, stale = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nWWW-Authenticate: " + byMD5 + ", stale=true\r\n\r\n"
	peer := zreqtest.NewPeer(t, []zreqtest.Step{
		zreqtest.Request(), zreqtest.Send(stale), zreqtest.Request(), zreqtest.Send(ok),
		zreqtest.Request(), zreqtest.Send(strings.Replace(stale, `"n"`, `"m"`, 1)),
		zreqtest.Request(), zreqtest.Send(strings.Replace(stale, `"n"`, `"o"`, 1)),
	})
	args := args(digest.New("u", "p"))
	args.Driver = peer
	is.Equal(call(t, "GET", "http://device.test/", args), 200)                              // challenged, and let in
	is.Equal(call(t, "GET", "http://device.test/", args), 401)                              // one 401 is answered, and no more
	is.True(errors.Is(digest.Check(args.Into.Values("WWW-Authenticate")), digest.ErrStale)) // the same call may succeed now
}

// What is wrong with the credentials is known before anything is dialled, whether
// the server asks for them or not.
func testBadCredentialsAreRefusedBeforeTheDial(t *testing.T) {
	for name, a := range map[string]*digest.Auth{
		"LF in the user name":  digest.New("a\nb", "p"),
		"NUL in the user name": digest.New("a\x00", "p"),
		"DEL in the user name": digest.New("\x7f", "p"),
		"a tab":                digest.New("\t", "p"),
		"of a function":        digest.NewFunc(func() (string, string, error) { return "a\r", "p", nil }),
		"an error":             digest.NewFunc(func() (string, string, error) { return "", "", errors.New("no key") }),
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t)
			args := args(a)
			args.Driver = peer
			_, err := zreq.Get(t.Context(), "http://device.test/", args)
			is.True(errors.Is(err, zreq.ErrRequest)) // as of Basic
			is.Equal(peer.Dials(), 0)                // nothing was dialled
		})
	}
}

// A 401 has to have a challenge (RFC 9110, 15.5.2). One without is not taken for a
// first request.
func TestRefusedWithoutAWord(t *testing.T) {
	is := is.New(t)
	const ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
	peer := zreqtest.NewPeer(t, []zreqtest.Step{
		zreqtest.Request(), zreqtest.Send("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: " + byMD5 + "\r\nContent-Length: 0\r\n\r\n"),
		zreqtest.Request(), zreqtest.Send(ok),
		zreqtest.Request(), zreqtest.Send("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"),
		zreqtest.Request(), zreqtest.Send(ok),
	})
	args := args(digest.New("u", "p"))
	args.Driver = peer
	is.Equal(call(t, "GET", "http://device.test/", args), 200)       // challenged, and let in
	is.Equal(call(t, "GET", "http://device.test/", args), 401)       // it is the answer
	is.Equal(call(t, "GET", "http://device.test/", args), 200)       // the next call is let in at once
	is.True(strings.Contains(peer.Requests()[3], ", nc=00000003, ")) // and nothing is forgotten
}

func TestCallbackGetsTheAnswerOnly(t *testing.T) {
	is := is.New(t)
	s := serve(t, &server{qop: "auth"})
	var got string
	args := args(digest.New(s.user, s.password))
	args.StreamCallback = func(chunk []byte) error {
		got += string(chunk)
		return nil
	}
	is.Equal(call(t, "GET", s.url, args), 200) // the callback is for the last response
	is.Equal(got, "GET of 0 bytes")            // nothing of the page of the 401
}

func TestBodyIsSentAgain(t *testing.T) {
	is := is.New(t)
	s := serve(t, &server{qop: "auth-int", algorithm: "SHA-256"})
	args, text := args(digest.New(s.user, s.password)), strings.Repeat("0123456789", 10000)
	whole := strings.NewReader(text)
	_, _ = whole.Seek(5, io.SeekStart)
	args.Body = whole
	is.Equal(call(t, "POST", s.url, args), 200) // the body went out whole
	got, _ := args.Into.Text()
	is.Equal(got, "POST of 99995 bytes") // from where it was
	args.Body = once("x")
	_, err := zreq.Post(t.Context(), s.url, args)
	is.True(errors.Is(err, digest.ErrBody))  // which this one cannot
	is.True(errors.Is(err, zreq.ErrRequest)) // found out before it is sent
	is.Equal(len(s.requests()), 2)           // so nothing is
}

// It is the origin that counts: credentials of one are not sent to another, and
// the password is not tried there.
func TestRedirectElsewhere(t *testing.T) {
	is := is.New(t)
	here, there := serve(t, &server{qop: "auth"}), serve(t, &server{qop: "auth"})
	a := digest.New(here.user, here.password)
	is.Equal(call(t, "GET", here.url+"/", args(a)), 200)                                   // known here
	is.Equal(call(t, "GET", there.url+"/", args(a)), 200)                                  // and there
	is.Equal(call(t, "GET", here.url+"/to/"+url.PathEscape(there.url+"/x"), args(a)), 401) // where it leads, the 401 is the answer
	is.Equal(strings.Join(there.requests(), ", "), "GET / none, GET / good, GET /x none")  // the redirect carries nothing
	is.Equal(call(t, "GET", here.url+"/to/%2Fy", args(a)), 200)                            // but at home it does
	is.Equal(here.requests()[len(here.requests())-1], "GET /y good")                       // with the nonce that is known
}

func testErrorsSayNothing(t *testing.T) {
	failing := digest.NewFunc(func() (string, string, error) { return "secret", "secret", errors.New("no keys") })
	for name, a := range map[string]*digest.Auth{
		"a name with a line break": digest.New("secret\n", "secret"),
		"no credentials":           failing,
		"the peer has gone":        digest.New("secret", "secret"),
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, []zreqtest.Step{
				zreqtest.Request(), zreqtest.Send("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: " + byMD5 + "\r\nContent-Length: 0\r\n\r\n"),
				zreqtest.Request(), zreqtest.Reset(),
			})
			args := args(a)
			args.Driver = peer
			_, err := zreq.Get(t.Context(), "http://device.test/", args)
			is.True(err != nil) // the call ends
			text := fmt.Sprintf("%v %+v %#v", err, err, errors.Unwrap(err))
			for _, secret := range []string{"secret", "nonce", "realm", "Authorization"} {
				is.True(!strings.Contains(text, secret)) // whoever logs it gives nothing away
			}
		})
	}
}

func TestCallsAtOnce(t *testing.T) {
	for name, s := range map[string]*server{
		"a nonce for each":        {qop: "auth", algorithm: "SHA-256"},
		"one nonce for all":       {qop: "auth", oneNonce: true},
		"one that wears off":      {qop: "auth", oneNonce: true, uses: 7},
		"and does not say so":     {qop: "auth", oneNonce: true, uses: 7, quiet: true},
		"one with a session":      {qop: "auth", algorithm: "MD5-sess", oneNonce: true},
		"a nonce for one request": {qop: "auth", uses: 1},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			serve(t, s)
			const workers, calls = 6, 12
			shared := &zreq.Args{Driver: new(stdnet.Driver), Auth: digest.New(s.user, s.password)}
			var working sync.WaitGroup
			for range workers {
				working.Go(func() {
					for range calls {
						resp, err := zreq.Get(context.Background(), s.url+"/", shared)
						if err != nil {
							t.Error(err)
						} else if resp.Status != 200 && s.uses == 0 {
							t.Error(resp.Status) // the password is right
						}
					}
				})
			}
			working.Wait()
			is.True(len(s.requests()) <= 2*workers*calls) // at most two for a call
		})
	}
}
