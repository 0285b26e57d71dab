package zreq_test

import (
	"context"
	"errors"
	"fmt"
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

// TestRedirectUnsendable: a Location of which no request can be made is a redirect
// that is not followed: the response is beside the error, its connection is fine.
func TestRedirectUnsendable(t *testing.T) {
	for name, location := range map[string]string{
		"a tab":                  "/d\te",
		"a tab, elsewhere":       "http://other.test/d?\te",
		"too long for a request": "/" + strings.Repeat("d", 1000),
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := answers(t, moved(302, location))
			resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Headers: asks(), Limits: zreq.Limits{RequestBytes: 1000}})
			is.True(errors.Is(err, zreq.ErrRedirect))
			is.Equal(failure(is, err).URL, site)                            // of the request that was answered so
			is.Equal(failure(is, err).Sent, int64(len(peer.Requests()[0]))) // which is all that went out
			is.Equal(strings.Contains(name, "too long"), errors.Is(err, zreq.ErrTooLarge))
			is.True(resp != nil)
			if resp != nil {
				is.Equal(resp.Status, 302)
				is.Equal(resp.Header("Location"), location)
				is.NoErr(resp.Connection.Close())
			}
			is.Equal(peer.Open(), 0)
		})
	}
}

// testRedirectToOneself: a reference without path and query means the URL that was
// asked for, Params included (RFC 3986, 4.4 and 5.1.3).
func testRedirectToOneself(t *testing.T) {
	is := is.New(t)
	peer := each(t, moved(302, "#top"), noContent)
	resp, err := zreq.Get(context.Background(), "http://device.test/x?a=1", &zreq.Args{Driver: peer, Params: form.Values{{"b", "2"}}})
	is.NoErr(err)
	is.Equal(lines(peer), []string{"GET /x?a=1&b=2 device.test", "GET /x?a=1&b=2 device.test"})
	is.Equal(resp.URL(), "http://device.test/x?a=1&b=2")
}

// TestRedirectEmptyUserinfo: a userinfo is one also if it is empty (RFC 3986, 3.2;
// RFC 9110, 4.2.4).
func TestRedirectEmptyUserinfo(t *testing.T) {
	is := is.New(t)
	peer := each(t, moved(302, "http://@other.test/y"))
	resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer})
	is.True(errors.Is(err, zreq.ErrRedirect))
	is.Equal(peer.Dials(), 1)
	is.True(resp != nil && !strings.Contains(resp.URL(), "@"))
}

// TestRedirectLocationTwice: the same Location twice is one. Of two that differ none is
// followed, and that is said, whichever is empty.
func TestRedirectLocationTwice(t *testing.T) {
	for fields, want := range map[string]int{
		"Location: /y\r\nLocation: /y\r\n":                           200,
		"Location: /y\r\nA: b\r\nlocation:/y \r\nLOCATION: \t/y\r\n": 200,
		"Location:\r\nLocation:\r\n":                                 302, // leads nowhere
		"Location: /y\r\nLocation: /z\r\n":                           0,
		"Location: /y\r\nLocation: /y\r\nLocation: /z\r\n":           0,
		"Location: /y\r\nLocation: /Y\r\n":                           0,
		"Location: /y\r\nLocation:\r\n":                              0,
		"Location:\r\nLocation: /y\r\n":                              0,
	} {
		t.Run(fields, func(t *testing.T) {
			is := is.New(t)
			peer := each(t, "HTTP/1.1 302 Found\r\n"+fields+"Content-Length: 0\r\n\r\n", byLength("hi"))
			resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer})
			if want == 0 {
				is.True(errors.Is(err, zreq.ErrRedirect))
				is.Equal(len(peer.Requests()), 1)
				return
			}
			is.NoErr(err)
			is.Equal(resp.Status, want)
		})
	}
}

// testRedirectRepairs: a space and a stray '%' in a Location never end a call: they are
// sent as %20 and %25, by whatever way the body is taken. With AllowPercent a '%' of the
// query stays as it is.
func testRedirectRepairs(t *testing.T) {
	for location, want := range map[string]string{
		"/x?a=100%":              "/x?a=100%25",
		"/x?a=50%off":            "/x?a=50%25off",
		"/a?b c":                 "/a?b%20c",
		"/my file.bin":           "/my%20file.bin",
		"/100%/a b%zz?c d%":      "/100%25/a%20b%25zz?c%20d%25",
		"/%41%%41%4":             "/%41%25%41%254",
		"x y?%":                  "/x%20y?%25",
		"?100% sure":             "/x?100%25%20sure",
		"http://other.test/%?%z": "/%25?%25z",
	} {
		for mode, get := range map[string]func(url string, args *zreq.Args) (*zreq.Response, error){
			"content": func(url string, args *zreq.Args) (*zreq.Response, error) {
				return zreq.Get(context.Background(), url, args)
			},
			"callback": func(url string, args *zreq.Args) (*zreq.Response, error) {
				args.StreamCallback = func([]byte) error { return nil }
				return zreq.Get(context.Background(), url, args)
			},
			"stream": func(url string, args *zreq.Args) (*zreq.Response, error) {
				args.Stream = true
				resp, err := zreq.Get(context.Background(), url, args)
				if err == nil {
					_, err = resp.WriteTo(io.Discard)
				}
				return resp, err
			},
			"session": func(url string, args *zreq.Args) (*zreq.Response, error) {
				s := new(zreq.Session)
				defer s.Close()
				args.Headers = zreq.Headers{{"Connection", "close"}}
				return s.Get(context.Background(), url, args)
			},
		} {
			t.Run(location+"/"+mode, func(t *testing.T) {
				is := is.New(t)
				peer := each(t, moved(302, location), byLength("hi"))
				resp, err := get(site, &zreq.Args{Driver: peer})
				is.NoErr(err)
				is.True(strings.HasPrefix(peer.Requests()[1], "GET "+want+" HTTP/1.1\r\n"))
				is.True(strings.HasSuffix(resp.URL(), want)) // as it was sent
			})
		}
	}
	t.Run("AllowPercent", func(t *testing.T) {
		is := is.New(t)
		peer := each(t, moved(302, "/100%?c d%&%zz"), byLength("hi"))
		resp, err := zreq.Get(context.Background(), "http://device.test/x?a b%&%4", &zreq.Args{Driver: peer, AllowPercent: true})
		is.NoErr(err)
		is.Equal(lines(peer), []string{"GET /x?a%20b%&%4 device.test", "GET /100%25?c%20d%&%zz device.test"})
		is.Equal(resp.URL(), "http://device.test/100%25?c%20d%&%zz")
	})
}

// TestRedirectBareFields: with the content go all fields that are of it
// (RFC 9110, 15.4), and the question whether it is wanted (RFC 9110, 10.1.1).
func TestRedirectBareFields(t *testing.T) {
	for _, field := range [][2]string{
		{"Expect", "100-continue"}, {"Digest", "sha-256=x"}, {"Repr-Digest", "sha-256=:x:"}, {"Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"}, {"Trailer", "Digest"},
	} {
		t.Run(field[0], func(t *testing.T) {
			is := is.New(t)
			peer := each(t, moved(303, "/y"), noContent)
			_, err := zreq.Post(context.Background(), site, &zreq.Args{Driver: peer, Body: strings.NewReader("hello"), Headers: zreq.Headers{field}})
			is.NoErr(err)
			is.True(strings.Contains(peer.Requests()[0], field[0]+": "))
			is.True(!strings.Contains(peer.Requests()[1], field[0]+": "))
		})
	}
}

// TestRedirectBackToAClose: a Connection that the call came back to, and that ended
// there, is none that can be used again (see Response.Connection).
func TestRedirectBackToAClose(t *testing.T) {
	is := is.New(t)
	last := "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi"
	peer := zreqtest.NewPeer(t, answering(moved(302, "//other.test/y"), last), answering(moved(302, "//device.test/z")))
	conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
	is.NoErr(err)
	resp, err := zreq.Get(context.Background(), site, &zreq.Args{Connection: conn})
	is.NoErr(err)
	closed(is, peer, resp, zreq.CloseByPeer)
	is.NoErr(conn.Close())
}

// testRedirectChunked10: a body of unknown size cannot go to a peer that speaks
// HTTP/1.0 (RFC 9112, 6.1), so that the redirect is not followed.
func testRedirectChunked10(t *testing.T) {
	is := is.New(t)
	peer := answers(t, strings.Replace(moved(307, "/y"), "1.1", "1.0", 1))
	resp, err := zreq.Put(context.Background(), site, &zreq.Args{Driver: peer, Body: seekable{strings.NewReader("hello")}})
	is.True(errors.Is(err, zreq.ErrRedirect))
	is.True(resp != nil && resp.Status == 307)
	is.Equal(peer.Open(), 0)
}

// TestRedirectLeavesAtOnce: what remains of a redirect is not waited for if its
// connection is not kept anyway.
func TestRedirectLeavesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		slowly := steps(zreqtest.Request(), zreqtest.Send("HTTP/1.1 302 Found\r\nLocation: //other.test/\r\nContent-Length: 4\r\n\r\nhe"), zreqtest.Hold())
		began := time.Now()
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: zreqtest.NewPeer(t, slowly, answering(noContent)), Headers: asks()})
		is.NoErr(err)
		is.Equal(time.Since(began), time.Duration(0))
		is.NoErr(resp.Connection.Close())
	})
}

// TestRedirectPhase: what fails between the answer and the next dial did not fail
// while the head was awaited.
func TestRedirectPhase(t *testing.T) {
	is := is.New(t)
	_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: each(t, moved(302, "https://other.test/"))})
	is.True(errors.Is(err, zreq.ErrNoTLS))
	is.True(failure(is, err).Phase < zreq.PhaseSend)
}

// TestRedirectTLSOfThePlain: a TLS that was given with a plain Connection is not
// passed over for the chip's when a call on it is sent to https.
func TestRedirectTLSOfThePlain(t *testing.T) {
	is := is.New(t)
	s := &seal{}
	peer := each(t, moved(302, "https://device.test/y"), noContent)
	board := &chipDriver{Driver: peer}
	conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: board, TLS: s})
	is.NoErr(err)
	_, err = zreq.Get(context.Background(), site, &zreq.Args{Connection: conn})
	is.NoErr(err)
	is.Equal(fmt.Sprint(s.names, board.names), "[device.test] []")
	is.NoErr(conn.Close())
}

// testRedirectErrorIsASCII: what a server writes into a Location reaches a log only
// as it was sent, percent-encoded: no control character of a terminal is in it.
func testRedirectErrorIsASCII(t *testing.T) {
	is := is.New(t)
	peer := zreqtest.NewPeer(t, answering(moved(302, "/\u009b31m")), append(answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe"), zreqtest.Close()))
	_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer})
	is.Equal(failure(is, err).URL, "http://device.test/%C2%9B31m")
	is.True(strings.Contains(err.Error(), "/%C2%9B31m"))
}

// chain sends a call from host to host: each of the letters names one, in capitals
// by https.
func chain(t *testing.T, hosts string, args *zreq.Args, start string) ([]string, *zreq.Response) {
	t.Helper()
	is := is.New(t)
	var responses []string
	for i, host := range hosts {
		scheme := "http"
		if host < 'a' {
			scheme = "https"
		}
		responses = append(responses, moved(302, fmt.Sprintf("%s://%c.test/%d", scheme, host|' ', i)))
	}
	peer := each(t, append(responses, byLength("hi"))...)
	args.Driver, args.TLS, args.MaxRedirects = peer, &seal{}, 10
	resp, err := zreq.Get(context.Background(), start, args)
	is.NoErr(err)
	is.Equal(content(is, resp), "hi")
	is.Equal(peer.Open(), 0)
	return peer.Requests(), resp
}

// testRedirectCredentials: what was given for the first origin goes nowhere else,
// and what was left out once does not come back.
func testRedirectCredentials(t *testing.T) {
	const basic = "Basic dTpw" // u:p
	for name, tt := range map[string]struct {
		start, hosts string
		with         []bool
	}{
		"same origin":            {"http://u:p@a.test/", "aa", []bool{true, true, true}},
		"another":                {"http://u:p@a.test/", "b", []bool{true, false}},
		"another, and on there":  {"http://u:p@a.test/", "bb", []bool{true, false, false}},
		"and back":               {"http://u:p@a.test/", "ba", []bool{true, false, false}},
		"on the same, then away": {"http://u:p@a.test/", "abaa", []bool{true, true, false, false, false}},
		"to https":               {"http://u:p@a.test/", "A", []bool{true, false}},
		"by https":               {"https://u:p@a.test/", "AB", []bool{true, true, false}},
		"another port":           {"http://u:p@a.test:8080/", "a", []bool{true, false}},
		"the port by name":       {"http://u:p@A.test:80/", "a", []bool{true, true}},
	} {
		for how, args := range map[string]zreq.Args{
			"URL":                 {},
			"Basic":               {Auth: zreq.Basic("u", "p")},
			"Authorization":       {Headers: zreq.Headers{{"authorization", basic}}},
			"Cookie":              {Headers: zreq.Headers{{"cookie", basic}}, Omit: []string{"authorization"}},
			"Proxy-Authorization": {Headers: zreq.Headers{{"Proxy-authorization", basic}}, Omit: []string{"Authorization"}},
			"Host":                {Headers: zreq.Headers{{"host", basic[len("Basic "):]}}, Omit: []string{"Authorization"}},
		} {
			t.Run(name+"/"+how, func(t *testing.T) {
				is := is.New(t)
				start := tt.start
				if how != "URL" {
					start = strings.Replace(start, "u:p@", "", 1)
				}
				given := len(args.Headers)
				requests, resp := chain(t, tt.hosts, &args, start)
				is.Equal(len(requests), len(tt.with))
				for i, r := range requests {
					is.Equal(strings.Contains(r, "dTpw"), tt.with[i]) // on the first origin, and not after it
				}
				is.Equal(len(args.Headers), given) // the caller's list is as it was
				told := fmt.Sprintf("%+v %s %+v", resp.History(), resp.URL(), resp.History())
				is.True(!strings.Contains(told, "u:p") && !strings.Contains(told, "dTpw") && !strings.Contains(told, "@"))
			})
		}
	}
}

// testRedirectErrorTellsNoCredentials: not of an error behind a redirect, either.
func testRedirectErrorTellsNoCredentials(t *testing.T) {
	for name, answer := range map[string]string{
		"a loop":            moved(302, "/x?hush"),
		"a userinfo":        moved(302, "http://eve:hush@other.test/"),
		"another scheme":    moved(302, "ftp://hush"),
		"no HTTP":           "hush",
		"a server down":     moved(302, "//other.test/?hush"),
		"down, same origin": moved(302, "?hush"),
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := each(t, moved(302, "?hush"), answer)
			resp, err := zreq.Get(context.Background(), "http://user:passw0rd@device.test/x?hush&hash", &zreq.Args{Driver: peer, Auth: zreq.Bearer("t0ken")})
			is.True(err != nil)
			var e *zreq.Error
			is.True(errors.As(err, &e))
			told := fmt.Sprintf("%v|%+v|%s|%v", err, err, e.URL, errors.Unwrap(err))
			if resp != nil {
				told += fmt.Sprintf("|%v", strings.ReplaceAll(resp.URL()+fmt.Sprint(resp.History()), "hush", "")) // a query may be told there
			}
			for _, secret := range []string{"user", "passw0rd", "t0ken", "dXNlcjpwYXNzdzByZA", "hush", "eve", "@"} {
				is.True(!strings.Contains(strings.ReplaceAll(told, "userinfo", ""), secret))
			}
		})
	}
}
