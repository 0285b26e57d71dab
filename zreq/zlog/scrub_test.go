package zlog_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/rs/zerolog"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zlog"
)

// scrubbed is what the log has of an error.
func scrubbed(t *testing.T, text string) string {
	t.Helper()
	b := new(book)
	b.trace(zerolog.InfoLevel).Trace(zreq.Event{Kind: zreq.EventDone, Err: errors.New(text)})
	return b.lines(t)[0]["cause"].(string)
}

// TestScrub: of the text of an error goes what a URL or a field in it gives away, and
// the rest stays.
func TestScrub(t *testing.T) {
	for text, want := range map[string]string{
		"connection refused":                      "connection refused",
		"lookup device.test: no such host":        "lookup device.test: no such host",
		"dial tcp [2001:db8::1]:443: i/o timeout": "dial tcp [2001:db8::1]:443: i/o timeout",
		"really?":                                       "really?",
		"a = b, code=5, #7 of 9":                        "a = b, code=5, #7 of 9",
		"authorization failed":                          "authorization failed",
		"basically, a bearer":                           "basically, a bearer",
		`Get "https://h/p": EOF`:                        `Get "https://h/p": EOF`,
		`Get "https://u:s3cret@h/p?t=s3cret#s3cret":x`:  `Get "https://…@h/p?…":x`,
		"to http://h:80/a?b and /c?d=e":                 "to http://h:80/a?… and /c?…",
		"at u:s3cret@h":                                 "at …@h",
		"at http://h/#s3cret":                           "at http://h/#…",
		"at #t=s3cret":                                  "at #…",
		"with a=1&t=s3cret":                             "with a=…",
		"http://u:s3?cret@h/":                           "http://…",
		"http://u:s3#cret@h/":                           "http://…",
		"http://u:s3/cret@h/":                           "http://…@h/",
		"http://u@s3cret@h/":                            "http://…@h/",
		"http://h/?mail=me@s3cret":                      "http://…",
		"u:s3cret@h,http://x?y":                         "…@h,http://x?…",
		"http://a:s3cret@h1,http://b:s3cret@h2":         "http://…@h2",
		`at "http://h/?a=\"s3cret"`:                     `at "http://h/?…"`,
		`at "http://h/a b?t=s3 cret" again`:             `at "http://h/a b?…" again`,
		`at "http://u:s3 cret@h/" again`:                `at "http://…@h/" again`,
		"at <http://h/?s3cret>; rel=x":                  "at <http://h/?…>; rel=x",
		"sent Bearer s3cret to h":                       "sent Bearer … to h",
		"sent BASIC\ts3cret":                            "sent BASIC\t…",
		`sent "Basic" "s3cret"`:                         `sent "Basic" "…"`,
		"Proxy-Authorization: Digest s3, cret\nmore":    "Proxy-Authorization:…\nmore",
		"map[Cookie:[s3 cret]]":                         "map[Cookie:…",
		`{"set-cookie": "s3cret"}`:                      `{"set-cookie":…`,
		"authorization=s3cret":                          "authorization=…",
		"Authorization\t: s3cret":                       "Authorization\t:…",
		"Authorization: Digest s3,\n cret\n\tand\nmore": "Authorization:…\nmore",
		"of 'Bearer s3cret'":                            "of 'Bearer …",
		"of [Basic s3cret]":                             "of [Basic …",
		"bearer: s3cret":                                "bearer: …",
		"Bearer=s3cret to h":                            "Bearer=… to h",
		"the 'bearer' s3cret":                           "the 'bearer' …",
		"basic-auth (basic) is off":                     "basic-auth (basic) is off",
		"":                                              "",
	} {
		is := is.New(t)
		is.Equal(scrubbed(t, text), want)
	}
}

// TestScrubLong: a cause has a bound, and is cut after it was looked at, between two
// letters.
func TestScrubLong(t *testing.T) {
	is := is.New(t)
	long := scrubbed(t, strings.Repeat("ö", 400))
	is.Equal(long, strings.Repeat("ö", 254)+"…")
	cut := scrubbed(t, strings.Repeat("x", 490)+" http://u:s3cret"+strings.Repeat("x", 100)+"@h/")
	is.Equal(cut, strings.Repeat("x", 490)+" http://…@h/")
	is.Equal(len(scrubbed(t, "?x "+strings.Repeat("x", 600))), 512)
	is.Equal(scrubbed(t, strings.Repeat("x", 512)), strings.Repeat("x", 512)) // all of what fits
}

// FuzzScrub: wherever in a text a URL stands that has a secret, it is gone.
func FuzzScrub(f *testing.F) {
	f.Add("Get \"", "\": EOF")
	f.Add("at ", "")
	f.Add("http://h/", "http://h/")
	f.Fuzz(func(t *testing.T, before, after string) {
		if strings.Contains(before+after, "s3cret") {
			return
		}
		for _, u := range []string{"http://u:s3cret@h/", "/p?t=s3cret", "http://h/p?t=s3cret&u=s3cret#s3cret"} {
			if got := scrubbed(t, before+u+after); strings.Contains(got, "s3cret") {
				t.Errorf("%q", got)
			}
		}
	})
}

// TestConsole: what a server says breaks no line, as JSON or for the eye.
func TestConsole(t *testing.T) {
	is := is.New(t)
	const evil = "a\x1b[31m\rb\nlevel=error \x00\u009b\u2028\xff\"}"
	b, console := new(book), new(book)
	both := zerolog.MultiLevelWriter(b, zerolog.ConsoleWriter{Out: console, NoColor: true})
	trace := zlog.New(zerolog.New(both))
	trace.Trace(zreq.Event{Kind: zreq.EventDone, Call: 1, Method: evil, URL: evil, Err: fmt.Errorf("server says %s", evil)})
	is.Equal(len(b.lines(t)), 1) // one line, which is JSON
	text := console.String()
	is.Equal(strings.Count(text, "\n"), 1)
	for _, c := range strings.TrimSuffix(text, "\n") {
		is.True(c >= ' ' && c != 0x7f && (c < 0x80 || c > 0x9f)) // nothing that a terminal obeys
	}
}
