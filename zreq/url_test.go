package zreq_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq"
)

// badURLs are refused before anything is dialled: some as they are taken apart, of which
// room target has all, and some as the request is written. Each has "secret" wherever
// something a caller wants kept can stand.
var badURLs = map[string]string{
	"empty":                     "",
	"another scheme":            "ftp://u:secret@device.test/",
	"port 0":                    "http://u:secret@device.test:0/",
	"CR LF in the query":        "http://device.test/?a\r\nsecret: b",
	"a password with a slash":   "http://user:se/secret@device.test/",
	"non-ASCII host":            "http://bücher.example/secret",
	"half a percent-encoding":   "http://device.test/page%4",
	"percent alone":             "http://device.test/page%",
	"percent, not hexadecimal":  "http://device.test/page%zz",
	"percent in the query":      "http://device.test/?secret=%g0",
	"percent in the userinfo":   "http://u:secret%2@device.test/",
	"CR LF encoded in userinfo": "http://u:secret%0d%0a@device.test/",
	"NUL encoded in userinfo":   "http://u%00:secret@device.test/",
	"colon encoded in the user": "http://u%3a:secret@device.test/",
	"IPv6 without brackets":     "http://::1/secret",
	"IPv6, a zone with a slash": "http://[fe80::1%25a%2Fb]/secret",
}

// testURLRefuses: what cannot be dialled as it stands is ErrRequest, before a
// dial, and the error shows no credentials, query or fragment of it.
func testURLRefuses(t *testing.T) {
	for name, in := range badURLs {
		t.Run(name, func(t *testing.T) { refused(t, "GET", in, zreq.Args{}, zreq.ErrRequest) })
	}
	t.Run("the cure of a non-ASCII host", func(t *testing.T) {
		is := is.New(t)
		_, err := zreq.Get(t.Context(), "http://bücher.example/", nil)
		is.True(strings.Contains(err.Error(), "xn--")) // the error asks for its xn-- form
		is.True(errors.Is(err, zreq.ErrRequest))
	})
}

// testURLSpace: a space in the path or query of the caller's URL goes out as %20, as any
// other byte that has to be encoded does; what follows '#' does not go out at all.
func testURLSpace(t *testing.T) {
	for url, want := range map[string]string{
		"http://device.test/my file.bin":           "/my%20file.bin",
		"http://device.test/?q=a b":                "/?q=a%20b",
		"http://device.test?a b  c":                "/?a%20b%20%20c",
		"http://device.test/a ":                    "/a%20",
		"http://device.test/a%20b c|\u00fc\"d?e f": "/a%20b%20c%7C%C3%BC%22d?e%20f",
		"http://device.test/a b#c d":               "/a%20b",
	} {
		t.Run(url, func(t *testing.T) {
			is := is.New(t)
			peer := each(t, byLength("hi"))
			resp, err := zreq.Get(t.Context(), url, &zreq.Args{Driver: peer})
			is.NoErr(err)
			is.Equal(lines(peer), []string{"GET " + want + " device.test"})
			is.Equal(resp.URL(), "http://device.test"+want) // as it was sent
		})
	}
}
