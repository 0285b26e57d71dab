package target_test

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/internal/target"
)

// badURLs cannot be taken apart. Each has "secret" wherever something a caller wants kept
// can stand.
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
	"a host of 256 bytes":        "no name in the DNS is so long",
}

// refusesBadURLs: what is no URL that can be dialled is refused, and the error shows no
// credentials, query or fragment of it. Of what net/url takes there is a list, with the reason.
func refusesBadURLs(t *testing.T) {
	for name, in := range badURLs {
		u, err := target.Parse(in)
		switch {
		case err == nil:
			t.Errorf("%s: %q is taken", name, in)
		case strings.Contains(err.Error(), "secret"):
			t.Errorf("%s: %v", name, err)
		case u != target.Target{}:
			t.Errorf("%s: beside the error there is %+v", name, u)
		}
		if strings.HasPrefix(name, "IPv") {
			continue
		}
		_, err = url.Parse(in)
		if _, listed := stricter[name]; listed != (err == nil) {
			t.Errorf("%s: %q: net/url says %v, and the list of differences %q", name, in, err, stricter[name])
		}
	}
}

// saysWhatIsWrong: the error of a URL says what is wrong, how to mend it, and shows the part
// that is wrong, quoted.
func saysWhatIsWrong(t *testing.T) {
	for url, want := range map[string]string{
		"":                               "the URL must begin with http:// or https://",
		"device.test/page?q":             `the URL must begin with http:// or https://: "device.test/page"`,
		"/page#f":                        `the URL must begin with http:// or https://: "/page"`,
		"ftp://u:hush@device.test/":      `the URL must begin with http:// or https://: "ftp://"`,
		" http://device.test/":           `the URL must begin with http:// or https://: " http://"`,
		"http:/device.test/":             `the URL must begin with http:// or https://: "http:/device.test/"`,
		`http:\\device.test\`:            `the URL must begin with http:// or https://: "http:\\\\device.test\\"`,
		"@device.test/":                  "the URL must begin with http:// or https://",
		"u:hush@device.test/":            "the URL must begin with http:// or https://",
		"http://device.test/a\tb":        `control character in the URL, which has to be percent-encoded: "\t"`,
		"http://device.test/\x7f":        `"\x7f"`,
		"http://u:hush\r\n@device.test/": `"\r"`,
		"http://::1:80/":                 `put the IPv6 address of the URL in brackets, as in http://[::1]:80/: "::1:80"`,
		"http://u:hush@2001:db8::1/x":    `in brackets, as in http://[::1]:80/: "2001:db8::1"`,
		"http://fe80::1%eth0/":           `in brackets, as in http://[::1]:80/: "fe80::1%eth0"`,
		"http://::ffff:192.0.2.1/":       `in brackets, as in http://[::1]:80/: "::ffff:192.0.2.1"`,
		"http://[::1/x":                  `malformed IPv6 address in the URL (RFC 4291, 2.2): "[::1"`,
		"http://[1::2::3]:80/":           `malformed IPv6 address in the URL (RFC 4291, 2.2): "[1::2::3]"`,
		"http://[fe80::1%eth0]/":         `is written behind %25, as in http://[fe80::1%25eth0]/ (RFC 6874): "[fe80::1%eth0]"`,
		"http://[fe80::1%25]/":           `(RFC 6874): "[fe80::1%25]"`,
		"http://device.test:8o80/":       `the port of the URL is not a number from 1 to 65535: ":8o80"`,
		"http://u:hush@device.test:0/":   `1 to 65535: ":0"`,
		"http://device.test:99999/":      `1 to 65535: ":99999"`,
		"http://[::1]x/":                 `1 to 65535: "x"`,
		"http:///page":                   "no host in the URL, between // and the path",
		"http://:80/":                    "no host in the URL, between // and the path",
		"http://dev ice.test/":           `character in the host of the URL that no host name has: "dev ice.test"`,
		`http://device.test\x:80/`:       `that no host name has: "device.test\\x"`,
		"http://dev%69ce.test/":          `that no host name has: "dev%69ce.test"`,
		"http://b\u00fccher.example/":    "non-ASCII host name in the URL: give its xn-- form: \"b\u00fccher.example\"",
		"http://b\u202e\xff.example:80/": `give its xn-- form: "b\u202e\xff.example"`,
		"http://u:hu sh@device.test/":    "character in the userinfo of the URL that has to be percent-encoded",
		"http://u:hu/hush@device.test/":  "the port of the URL is not a number from 1 to 65535",
		"http://u:hu?hush@device.test/":  "the port of the URL is not a number from 1 to 65535",
		"http://u:hu#hush@device.test/":  "the port of the URL is not a number from 1 to 65535",
		"http://hush\u00fc/hush@x.test/": "non-ASCII host name in the URL: give its xn-- form",
	} {
		t.Run(url, func(t *testing.T) {
			is := is.New(t)
			_, err := target.Parse(url)
			is.True(strings.HasSuffix(err.Error(), want))
			is.True(!strings.Contains(err.Error(), "hu")) // no credentials, no query
		})
	}
}

// TestErrorsShowAll of a part that is short enough.
func TestErrorsShowAll(t *testing.T) {
	is := is.New(t)
	host := strings.Repeat("!", 100)
	_, err := target.Parse("http://" + host)
	is.True(strings.HasSuffix(err.Error(), `: "`+host+`"`))
}

// TestErrorsAreShort: no more than 100 bytes of a URL are shown, and no half character.
func TestErrorsAreShort(t *testing.T) {
	for _, url := range []string{
		strings.Repeat("a", 5000), "http://" + strings.Repeat("a", 5000) + "/", "http://[" + strings.Repeat("1:", 5000),
		"http://" + strings.Repeat("1:", 5000), "http://h:" + strings.Repeat("1", 5000), "http://a" + strings.Repeat("\u00fc", 127) + "/",
		"http://" + strings.Repeat("\u00fc", 127) + "/", "x" + strings.Repeat("\u00fc", 500),
	} {
		is := is.New(t)
		_, err := target.Parse(url)
		is.True(strings.HasSuffix(err.Error(), `"…`)) // the rest is cut
		from := strings.IndexByte(err.Error(), '"') + 1
		part := strings.TrimSuffix(err.Error()[from:], `"…`)
		is.True(len(part) > 96 && len(part) <= 100)
		is.True(utf8.ValidString(part) && !strings.Contains(part, `\x`))
	}
}
