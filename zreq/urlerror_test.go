package zreq_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// testURLErrors: the error of a URL says what is wrong, how to mend it, and shows the
// part that is wrong, quoted.
func testURLErrors(t *testing.T) {
	for url, want := range map[string]string{
		"":                                  "the URL must begin with http:// or https://",
		"device.test/page?q":                `the URL must begin with http:// or https://: "device.test/page"`,
		"/page#f":                           `the URL must begin with http:// or https://: "/page"`,
		"ftp://u:hush@device.test/":         `the URL must begin with http:// or https://: "ftp://"`,
		" http://device.test/":              `the URL must begin with http:// or https://: " http://"`,
		"http:/device.test/":                `the URL must begin with http:// or https://: "http:/device.test/"`,
		`http:\\device.test\`:               `the URL must begin with http:// or https://: "http:\\\\device.test\\"`,
		"u:hush@device.test/":               "the URL must begin with http:// or https://",
		"http://device.test/a\tb":           `control character in the URL, which has to be percent-encoded: "\t"`,
		"http://device.test/\x7f":           `"\x7f"`,
		"http://u:hush\r\n@device.test/":    `"\r"`,
		"http://::1:80/":                    `put the IPv6 address of the URL in brackets, as in http://[::1]:80/: "::1:80"`,
		"http://u:hush@2001:db8::1/x":       `in brackets, as in http://[::1]:80/: "2001:db8::1"`,
		"http://fe80::1%eth0/":              `in brackets, as in http://[::1]:80/: "fe80::1%eth0"`,
		"http://::ffff:192.0.2.1/":          `in brackets, as in http://[::1]:80/: "::ffff:192.0.2.1"`,
		"http://[::1/x":                     `malformed IPv6 address in the URL (RFC 4291, 2.2): "[::1"`,
		"http://[1::2::3]:80/":              `malformed IPv6 address in the URL (RFC 4291, 2.2): "[1::2::3]"`,
		"http://[fe80::1%eth0]/":            `is written behind %25, as in http://[fe80::1%25eth0]/ (RFC 6874): "[fe80::1%eth0]"`,
		"http://[fe80::1%25]/":              `(RFC 6874): "[fe80::1%25]"`,
		"http://device.test:8o80/":          `the port of the URL is not a number from 1 to 65535: ":8o80"`,
		"http://u:hush@device.test:0/":      `1 to 65535: ":0"`,
		"http://device.test:99999/":         `1 to 65535: ":99999"`,
		"http://[::1]x/":                    `1 to 65535: "x"`,
		"http:///page":                      "no host in the URL, between // and the path",
		"http://:80/":                       "no host in the URL, between // and the path",
		"http://dev ice.test/":              `character in the host of the URL that no host name has: "dev ice.test"`,
		`http://device.test\x:80/`:          `that no host name has: "device.test\\x"`,
		"http://dev%69ce.test/":             `that no host name has: "dev%69ce.test"`,
		"http://b\u00fccher.example/":       "non-ASCII host name in the URL: give its xn-- form: \"b\u00fccher.example\"",
		"http://b\u202e\xff.example:80/":    `give its xn-- form: "b\u202e\xff.example"`,
		"http://device.test/page%4":         `a % in the URL that begins no escape: write %25: "%4"`,
		"http://device.test/50%off?a=b":     `write %25: "%of"`,
		"http://device.test/?a=hush&b=100%": `write %25: "%"`,
		"http://u:hu%zz@device.test/":       "bad percent-encoding or control character in the userinfo of the URL",
		"http://u:hu sh@device.test/":       "character in the userinfo of the URL that has to be percent-encoded",
		"http://u:hu/hush@device.test/":     "the port of the URL is not a number from 1 to 65535",
		"http://u:hu?hush@device.test/":     "the port of the URL is not a number from 1 to 65535",
		"http://u:hu#hush@device.test/":     "the port of the URL is not a number from 1 to 65535",
		"http://hush\u00fc/hush@x.test/":    "non-ASCII host name in the URL: give its xn-- form",
	} {
		t.Run(url, func(t *testing.T) {
			is := is.New(t)
			args := &zreq.Args{Driver: zreqtest.NewPeer(t)}
			s := &zreq.Session{Driver: args.Driver}
			_, err := zreq.Get(context.Background(), url, args)
			_, ofSession := s.Get(context.Background(), url, nil)
			is.True(errors.Is(err, zreq.ErrRequest))
			is.True(strings.HasSuffix(err.Error(), want))
			is.Equal(ofSession.Error(), err.Error())                                        // a Session says the same
			if !strings.Contains(want, "%25: ") && !strings.Contains(want, "bad percent") { // of which a Connection needs nothing
				_, err := zreq.Connect(context.Background(), url, args)
				is.True(strings.HasSuffix(err.Error(), want))
			}
			is.True(!strings.Contains(err.Error(), "hu")) // no credentials, no query
		})
	}
}

// testURLErrorsAreShort: no more than 100 bytes of a URL are shown, and no half character.
func testURLErrorsAreShort(t *testing.T) {
	for _, url := range []string{
		strings.Repeat("a", 5000), "http://" + strings.Repeat("a", 5000) + "/", "http://[" + strings.Repeat("1:", 5000),
		"http://" + strings.Repeat("1:", 5000), "http://h:" + strings.Repeat("1", 5000), "http://a" + strings.Repeat("\u00fc", 127) + "/",
		"http://" + strings.Repeat("\u00fc", 127) + "/", "x" + strings.Repeat("\u00fc", 500),
	} {
		is := is.New(t)
		_, err := zreq.Get(context.Background(), url, &zreq.Args{Driver: zreqtest.NewPeer(t)})
		is.True(errors.Is(err, zreq.ErrRequest))
		is.True(strings.HasSuffix(err.Error(), `"…`)) // the rest is cut
		from := strings.IndexByte(err.Error(), '"') + 1
		part := strings.TrimSuffix(err.Error()[from:], `"…`)
		is.True(len(part) > 96 && len(part) <= 100)
		is.True(utf8.ValidString(part) && !strings.Contains(part, `\x`))
	}
}

// testLocationErrors: a Location that is wrong is shown in the same way, and no more of
// it than of a URL of the caller's.
func testLocationErrors(t *testing.T) {
	for location, want := range map[string]string{
		"ftp://hush/":               `the URL must begin with http:// or https://: "ftp://"`,
		"mailto:eve@hush.test":      "the URL must begin with http:// or https://",
		"http://::1:80/hush":        `put the IPv6 address of the URL in brackets, as in http://[::1]:80/: "::1:80"`,
		"//b\u00fccher.test/hush":   "give its xn-- form: \"b\u00fccher.test\"",
		"http://d.test:8o/?hush":    `1 to 65535: ":8o"`,
		"http://hush:hush/@d.test/": "the port of the URL is not a number from 1 to 65535",
		"/a\tb?hush":                `percent-encoded: "\t"`,
	} {
		t.Run(location, func(t *testing.T) {
			is := is.New(t)
			_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: answers(t, moved(302, location))})
			is.True(errors.Is(err, zreq.ErrRedirect))
			is.True(strings.HasSuffix(err.Error(), want))
			is.True(!strings.Contains(err.Error(), "hush"))
		})
	}
}
