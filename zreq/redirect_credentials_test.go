package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq"
)

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
