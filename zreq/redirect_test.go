package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// moved is a redirect without content.
func moved(status int, location string) string {
	return fmt.Sprintf("HTTP/1.1 %d Moved\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n", status, location)
}

// lines are the request lines and hosts of what a peer got: "GET /x device.test".
func lines(peer *zreqtest.Peer) (list []string) {
	for _, r := range peer.Requests() {
		line, rest, _ := strings.Cut(r, " HTTP/1.1\r\nHost: ")
		host, _, _ := strings.Cut(rest, "\r\n")
		list = append(list, line+" "+host)
	}
	return list
}

// each is a peer with a connection for each of the answers.
func each(t *testing.T, responses ...string) *zreqtest.Peer {
	t.Helper()
	var scripts [][]zreqtest.Step
	for _, r := range responses {
		scripts = append(scripts, answering(r))
	}
	return zreqtest.NewPeer(t, scripts...)
}

// testRedirectLocation: where a Location leads from http://device.test/a/b?c.
func testRedirectLocation(t *testing.T) {
	for location, want := range map[string]string{
		"d":                           "/a/d device.test",
		"/d":                          "/d device.test",
		"//other.test":                "/ other.test",
		"//other.test:81/d":           "/d other.test:81",
		"?d":                          "/a/b?d device.test",
		"?":                           "/a/b? device.test",
		"..":                          "/ device.test",
		"../../../d":                  "/d device.test",
		".":                           "/a/ device.test",
		";d":                          "/a/;d device.test",
		"d#e":                         "/a/d device.test",
		"?d#/e?f":                     "/a/b?d device.test",
		"HTTP://OTHER.test/D":         "/D other.test",
		"http://other.test?d":         "/?d other.test",
		"http://other.test#d":         "/ other.test",
		"http://other.test:/":         "/ other.test",
		"http://device.test:80":       "/ device.test",
		"http://other.test:080/":      "/ other.test",
		"http://[2001:DB8::1]:8080/d": "/d [2001:db8::1]:8080",
		"http://192.0.2.1/d":          "/d 192.0.2.1",
		"/d e":                        "/d%20e device.test",
		"/d?e f g":                    "/d?e%20f%20g device.test",
		"/d%20e%2f":                   "/d%20e%2f device.test",
		"/\xe9\xff?\xc3\xa9":          "/%E9%FF?%C3%A9 device.test",
		`\\other.test\d`:              "/a/%5C%5Cother.test%5Cd device.test",
		`/\other.test/d`:              "/%5Cother.test/d device.test",
		`/"<>^{|}` + "`":              "/%22%3C%3E%5E%7B%7C%7D%60 device.test",
		"/%2e%2e/d":                   "/%2e%2e/d device.test",
		"./x:y":                       "/a/x:y device.test",
		"/@other.test/":               "/@other.test/ device.test",
		"?http://u:p@other.test":      "/a/b?http://u:p@other.test device.test",
		" \t /d \t ":                  "/d device.test",
	} {
		t.Run(location, func(t *testing.T) {
			is := is.New(t)
			peer := each(t, moved(307, location), byLength("hi"))
			resp, err := zreq.Get(context.Background(), "http://device.test/a/b?c#z", &zreq.Args{Driver: peer})
			is.NoErr(err)
			is.Equal(content(is, resp), "hi")
			is.Equal(lines(peer), []string{"GET /a/b?c device.test", "GET " + want})
			is.True(!strings.Contains(resp.URL(), "#")) // no fragment is kept
			is.Equal(peer.Open(), 0)
		})
	}
}

// badLocations are Locations that lead nowhere, with a word of the reason.
var badLocations = map[string]string{
	"other scheme":             "Location: ftp://device.test/\r\n",
	"no http in front":         "Location: device.test:80/d\r\n",
	"mailto":                   "Location: mailto:a@device.test\r\n",
	"javascript":               "Location: javascript:alert(1)\r\n",
	"http without slashes":     "Location: http:d\r\n",
	"http with one slash":      "Location: http:/d\r\n",
	"file":                     "Location: file:///etc/passwd\r\n",
	"a colon first":            "Location: 1:d\r\n",
	"no host":                  "Location: http:///d\r\n",
	"no host, scheme-relative": "Location: ///d\r\n",
	"port 0":                   "Location: http://device.test:0/\r\n",
	"a huge port":              "Location: http://device.test:65536/\r\n",
	"a port that overflows":    "Location: http://device.test:18446744073709551696/\r\n",
	"a port by name":           "Location: http://device.test:http/\r\n",
	"a negative port":          "Location: http://device.test:-1/\r\n",
	"a space in the host":      "Location: http://device .test/\r\n",
	"a space behind the host":  "Location: http://device.test /d\r\n",
	"a host beyond ASCII":      "Location: http://d\u00e9vice.test/\r\n",
	"an encoded host":          "Location: http://%64evice.test/\r\n",
	"a backslash":              "Location: http://other.test\\@device.test/\r\n",
	"a zone":                   "Location: http://[fe80::1%25eth0]/\r\n",
	"half an IPv6":             "Location: http://[::1/\r\n",
	"a tab":                    "Location: /d\te\r\n",
	"credentials":              "Location: http://eve:hush@device.test/d\r\n",
	"credentials, elsewhere":   "Location: http://eve:hush@other.test/d\r\n",
	"a user alone":             "Location: //eve@other.test/d\r\n",
	"credentials, no user":     "Location: //:hush@other.test/d\r\n",
	"given twice":              "Location: /d\r\nLocation: /hush\r\n",
	"given twice, one empty":   "Location: /d\r\nLocation:\r\n",
}

// testRedirectLocationRefused: such a redirect is an error that says so, with the
// response, whose connection is kept; nothing of it is quoted.
func testRedirectLocationRefused(t *testing.T) {
	for name, fields := range badLocations {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := answers(t, "HTTP/1.1 302 Found\r\n"+fields+"Content-Length: 4\r\n\r\nhere", byLength("hi"))
			args := &zreq.Args{Driver: peer, Headers: asks()}
			resp, err := zreq.Get(context.Background(), site, args)
			is.True(errors.Is(err, zreq.ErrRedirect))
			is.True(!errors.Is(err, zreq.ErrRequest)) // the caller's own URL is fine
			is.True(!zreq.SafeToRetry(err))           // it would come again
			e := failure(is, err)
			is.Equal(e.URL, site) // of the request that was answered so
			is.Equal(e.Method, "GET")
			is.Equal(e.Sent, int64(len(peer.Requests()[0])))
			is.Equal(len(peer.Requests()), 1)
			for _, secret := range []string{"hush", "eve", "other.test"} {
				is.True(!strings.Contains(err.Error(), secret)) // any part of it may be a secret
			}
			is.Equal(resp.Status, 302)
			is.Equal(resp.CloseReason(), zreq.CloseNone)
			args.Connection = resp.Connection
			resp, err = zreq.Get(context.Background(), site, args)
			is.NoErr(err) // the connection is fine
			is.Equal(content(is, resp), "hi")
			is.Equal(peer.Dials(), 1)
			is.NoErr(resp.Connection.Close())
		})
	}
}

// TestRedirectWithout: a redirect that leads nowhere is an answer like any other.
func TestRedirectWithout(t *testing.T) {
	for name, fields := range map[string]string{
		"no Location":           "",
		"an empty one":          "Location:\r\n",
		"one of blanks":         "Location: \t \r\n",
		"another field":         "Content-Location: /d\r\nURI: /d\r\nRefresh: 0; url=/d\r\n",
		"in a trailer, chunked": "Transfer-Encoding: chunked\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			rest := "Content-Length: 4\r\n\r\nhere"
			if strings.Contains(fields, "chunked") {
				rest = "\r\n4\r\nhere\r\n0\r\nLocation: /d\r\n\r\n"
			}
			peer := answers(t, "HTTP/1.1 302 Found\r\n"+fields+rest)
			resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer})
			is.NoErr(err)
			is.Equal(resp.Status, 302)
			is.Equal(content(is, resp), "here")
			is.True(resp.Complete())
			is.Equal(len(peer.Requests()), 1)
		})
	}
}

// TestRedirectLocationOfManyParts: no Location can break out of its line.
func TestRedirectLocationOfManyParts(t *testing.T) {
	for name, location := range map[string]string{
		"CR LF, encoded":   "/d%0d%0aX:%20y",
		"a folded line":    "/d\r\n X: y",
		"NUL, encoded":     "/d%00",
		"bytes like CR LF": "/d\u560d\u560a",
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := each(t, moved(302, location), noContent)
			_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Omit: []string{"User-Agent"}})
			is.NoErr(err)
			is.Equal(strings.Count(peer.Requests()[1], "\r\n"), 4) // line, Host, Connection and the end
		})
	}
	for name, location := range map[string]string{"a bare CR": "/d\rX: y", "NUL": "/d\x00"} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := each(t, moved(302, location))
			_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer})
			is.True(errors.Is(err, zreq.ErrResponse)) // its head is none
			is.Equal(peer.Open(), 0)
		})
	}
}

// TestRedirectParams: Params go out once, with the URL that was given.
func TestRedirectParams(t *testing.T) {
	for location, want := range map[string]string{
		"/d": "/d", "/d?e": "/d?e", "?e": "/x?e", "/x?a=1": "/x?a=1", "//other.test/x": "/x",
	} {
		t.Run(location, func(t *testing.T) {
			is := is.New(t)
			peer := each(t, moved(308, location), moved(302, "/last"), noContent)
			args := &zreq.Args{Driver: peer, Params: form.Values{{"p", "1"}, {"q", "ü"}}}
			resp, err := zreq.Get(context.Background(), "http://device.test/x?a=1", args)
			is.NoErr(err)
			targets := []string{}
			for _, line := range lines(peer) {
				targets = append(targets, strings.Fields(line)[1])
			}
			is.Equal(targets, []string{"/x?a=1&p=1&q=%C3%BC", want, "/last"})
			is.Equal(resp.History()[0].URL, "http://device.test/x?a=1&p=1&q=%C3%BC") // as it was sent
			is.Equal(len(args.Params), 2)                                            // they are the caller's
		})
	}
}

// testRedirectDowngrade: from https to http none is followed, also not later.
func testRedirectDowngrade(t *testing.T) {
	is := is.New(t)
	peer := each(t, moved(302, "https://device.test/y"), moved(302, "http://device.test/z"))
	resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, TLS: &seal{}})
	is.True(errors.Is(err, zreq.ErrRedirect))
	is.True(strings.Contains(err.Error(), "https to http"))
	is.Equal(resp.URL(), "https://device.test/y")
	is.Equal(len(resp.History()), 1)
	is.Equal(peer.Dials(), 2)
	is.Equal(peer.Open(), 0)
}
