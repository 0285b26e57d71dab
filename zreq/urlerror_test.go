package zreq_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// testURLErrors: the error of a URL says what is wrong, how to mend it, and shows the
// part that is wrong, quoted.
func testURLErrors(t *testing.T) {
	for url, want := range map[string]string{
		"device.test/page?q":                `the URL must begin with http:// or https://: "device.test/page"`,
		"ftp://u:hush@device.test/":         `the URL must begin with http:// or https://: "ftp://"`,
		"u:hush@device.test/":               "the URL must begin with http:// or https://",
		"http://::1:80/":                    `put the IPv6 address of the URL in brackets, as in http://[::1]:80/: "::1:80"`,
		"http://device.test:8o80/":          `the port of the URL is not a number from 1 to 65535: ":8o80"`,
		"http://b\u00fccher.example/":       "non-ASCII host name in the URL: give its xn-- form: \"b\u00fccher.example\"",
		"http://device.test/page%4":         `a % in the URL that begins no escape: write %25: "%4"`,
		"http://device.test/50%off?a=b":     `write %25: "%of"`,
		"http://device.test/?a=hush&b=100%": `write %25: "%"`,
		"http://u:hu%zz@device.test/":       "bad percent-encoding or control character in the userinfo of the URL",
		"http://u:hu/hush@device.test/":     "the port of the URL is not a number from 1 to 65535",
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
