package zreq_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq"
)

// badURLs are refused before anything is dialled. Each has "secret" wherever
// something a caller wants kept can stand.
var badURLs = map[string]string{
	"empty":                      "",
	"no scheme":                  "device.test/page?secret",
	"relative":                   "/page?secret",
	"scheme-relative":            "//device.test/page?secret",
	"another scheme":             "ftp://u:secret@device.test/",
	"a file":                     "file:///secret",
	"scheme, one slash":          "http:/device.test/page#secret",
	"space before":               " http://device.test/page?secret",
	"space behind the host":      "http://device.test /secret",
	"space in the host":          "http://device test/secret",
	"tab in the path":            "http://device.test/a\tsecret",
	"CR in the path":             "http://device.test/a\rsecret",
	"LF in the path":             "http://device.test/a\nsecret",
	"CR LF in the query":         "http://device.test/?a\r\nsecret: b",
	"NUL in the path":            "http://device.test/a\x00secret",
	"DEL in the path":            "http://device.test/a\x7fsecret",
	"CR LF in the host":          "http://device.test\r\nsecret/",
	"CR LF in the userinfo":      "http://u:secret\r\n@device.test/",
	"CR LF in the fragment":      "http://device.test/#\r\nsecret",
	"empty host":                 "http:///secret",
	"empty host with a port":     "http://:80/secret",
	"empty host behind userinfo": "http://u:secret@/",
	"empty authority":            "http://",
	"port 0":                     "http://u:secret@device.test:0/",
	"port 65536":                 "http://u:secret@device.test:65536/",
	"a very long port":           "http://device.test:" + strings.Repeat("9", 40) + "/page?secret",
	"a signed port":              "http://u:secret@device.test:+80/",
	"a negative port":            "http://u:secret@device.test:-1/",
	"a port with a letter":       "http://device.test:8o80/secret",
	"a password with a slash":    "http://user:se/secret@device.test/",
	"a password with a question": "http://user:se?secret@device.test/",
	"a password with a hash":     "http://user:se#secret@device.test/",
	"brackets in the userinfo":   "http://[::1]:secret@device.test/",
	"userinfo beyond ASCII":      "http://ü:secret@device.test/",
	"two userinfos":              "http://a@secret@device.test/",
	"percent in the host":        "http://dev%69ce.test/secret",
	"backslash in the authority": `http://device.test\@evil.test/secret`,
	"control in the host":        "http://dev\x01ice.test/secret",
	"non-ASCII host":             "http://bücher.example/secret",
	"half a percent-encoding":    "http://device.test/page%4",
	"percent alone":              "http://device.test/page%",
	"percent, not hexadecimal":   "http://device.test/page%zz",
	"percent in the query":       "http://device.test/?secret=%g0",
	"percent in the userinfo":    "http://u:secret%2@device.test/",
	"CR LF encoded in userinfo":  "http://u:secret%0d%0a@device.test/",
	"NUL encoded in userinfo":    "http://u%00:secret@device.test/",
	"colon encoded in the user":  "http://u%3a:secret@device.test/",
	"IPv6 without an end":        "http://[::1/secret",
	"IPv6 without brackets":      "http://::1/secret",
	"IPv6 with an empty zone":    "http://[fe80::1%25]/secret",
	"IPv6, a zone with a slash":  "http://[fe80::1%25a%2Fb]/secret",
	"IPv6, a zone with a %":      "http://[fe80::1%25a%25b]/secret",
	"IPv6, a zone with half a %": "http://[fe80::1%25a%2]/secret",
	"IPv6, a zone with NUL":      "http://[fe80::1%25a%00]/secret",
	"IPv6, a zone with a space":  "http://[fe80::1%25a b]/secret",
	"IPv6, a zone of 300 bytes":  "http://[fe80::1%25" + strings.Repeat("a", 300) + "]/secret",
	"IPv4 with a zone":           "http://192.0.2.1%25eth0/secret",
	"IPv6 with a raw zone":       "http://[fe80::1%eth0]/secret",
	"IPv6, nine groups":          "http://[1:2:3:4:5:6:7:8:9]/secret",
	"IPv6, seven groups":         "http://[1:2:3:4:5:6:7]/secret",
	"IPv6, compressed twice":     "http://[1::2::3]/secret",
	"IPv6, eight and a gap":      "http://[1:2:3:4:5:6:7:8::]/secret",
	"IPv6, three colons":         "http://[:::1]/secret",
	"IPv6, five digits":          "http://[12345::]/secret",
	"IPv6, colon at the end":     "http://[1:2:3:4:5:6:7:]/secret",
	"IPv6, colon at the start":   "http://[:1:2:3:4:5:6:7]/secret",
	"IPv6, bad IPv4":             "http://[::256.0.0.1]/secret",
	"IPv6, short IPv4":           "http://[::1.2.3]/secret",
	"IPv6, IPv4 in the middle":   "http://[1.2.3.4::]/secret",
	"IPv6, empty":                "http://[]/secret",
	"IPv6, bytes behind":         "http://[::1]x/secret",
	"IPvFuture":                  "http://[v1.x]/secret",
	"a host of 256 bytes":        "http://" + strings.Repeat("a", 256) + "/page?secret",
}

// stricter lists those of badURLs that net/url takes, and why. What stands in
// brackets is left out: how much of it net/url reads depends on its version.
var stricter = map[string]string{
	"CR LF in the fragment":      "a control character shows a mistake wherever it stands",
	"empty":                      "a request needs an absolute URL",
	"no scheme":                  "a request needs an absolute URL",
	"relative":                   "a request needs an absolute URL",
	"scheme-relative":            "a request needs an absolute URL",
	"another scheme":             "http and https are spoken here",
	"a file":                     "http and https are spoken here",
	"scheme, one slash":          "a request needs an authority",
	"empty host":                 "a request needs a host (RFC 9110, 4.2.1)",
	"empty host with a port":     "a request needs a host (RFC 9110, 4.2.1)",
	"empty host behind userinfo": "a request needs a host (RFC 9110, 4.2.1)",
	"empty authority":            "a request needs a host (RFC 9110, 4.2.1)",
	"port 0":                     "it cannot be dialled",
	"port 65536":                 "it cannot be dialled",
	"a very long port":           "it cannot be dialled",
	"two userinfos":              "readers disagree where the host begins",
	"non-ASCII host":             "its xn-- form is asked for",
	"percent in the query":       "net/url judges a query when it is parsed",
	"CR LF encoded in userinfo":  "no credentials have control characters (RFC 7617, 2)",
	"NUL encoded in userinfo":    "no credentials have control characters (RFC 7617, 2)",
	"colon encoded in the user":  "a user name has no colon (RFC 7617, 2)",
	"a host of 256 bytes":        "no name in the DNS is so long",
}

// TestBadURLs: what is refused that net/url takes is listed, with the reason.
func TestBadURLs(t *testing.T) {
	for name, in := range badURLs {
		_, err := url.Parse(in)
		if strings.HasPrefix(name, "IPv") {
			continue
		}
		if _, listed := stricter[name]; listed != (err == nil) {
			t.Errorf("%s: %q: net/url says %v, and the list of differences %q", name, in, err, stricter[name])
		}
	}
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
