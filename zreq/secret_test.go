package zreq_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/zreq"
)

// settings are what a program may have, with what it holds in plain sight and not.
type settings struct {
	Auth    zreq.Auth
	Headers zreq.Headers
	Args    zreq.Args
	hidden  zreq.Auth
	call    *zreq.Args
}

// testNothingSecretIsPrinted: not by %v, %+v and %#v, of what holds it and of what
// holds that.
func testNothingSecretIsPrinted(t *testing.T) {
	const secret = "sesame"
	pair := func() (string, string, error) { return secret, secret, nil }
	headers := zreq.Headers{{"Authorization", "Bearer " + secret}, {"X-Api-Key", secret}, {"cookie", "a=" + secret}, {"Accept", "text/plain"}}
	values := form.Values{{"password", secret}}
	full := zreq.Args{
		Auth: zreq.Bearer(secret), Headers: headers, Params: values, Data: values,
		JSON: form.JSON(secret), Files: form.Files().With(values).(form.Parts), Body: form.Bytes([]byte(secret), ""),
	}
	resp := fetch(t, "HTTP/1.1 200 "+secret+"\r\nSet-Cookie: "+secret+"\r\nContent-Length: 6\r\n\r\n"+secret)
	for name, v := range map[string]any{
		"Basic":       zreq.Basic(secret, secret),
		"BasicFunc":   zreq.BasicFunc(pair),
		"Bearer":      zreq.Bearer(secret),
		"Headers":     headers,
		"Args":        full,
		"*Args":       &full,
		"Session":     &zreq.Session{Auth: zreq.Bearer(secret), Headers: headers},
		"settings":    settings{zreq.Bearer(secret), headers, full, zreq.Bearer(secret), &full},
		"*settings":   &settings{Auth: zreq.Basic(secret, secret), hidden: zreq.Bearer(secret), call: &full},
		"a list":      []zreq.Auth{zreq.Bearer(secret), zreq.Basic(secret, secret)},
		"a map":       map[string]any{"a": zreq.Bearer(secret), "h": headers},
		"AuthRequest": zreq.AuthRequest{Method: "GET", Origin: "http://h.test", Target: "/?" + secret, Sent: secret},
		"Response":    resp,
		"History":     []zreq.Redirect{{Method: "GET", URL: "http://h.test/a?sig=" + secret, Status: 302}},
	} {
		t.Run(name, func(t *testing.T) {
			text := fmt.Sprintf("%v\n%+v\n%#v", v, v, v)
			if _, ok := v.(zreq.Auth); ok {
				text += fmt.Sprintf("%s %q %x %d %t", v, v, v, v, struct{ v any }{v})
			}
			for _, form := range []string{secret, fmt.Sprintf("%x", secret), strings.Trim(fmt.Sprint([]byte(secret)), "[]")} {
				if strings.Contains(text, form) {
					t.Errorf("%q is in %s", form, text)
				}
			}
		})
	}
}

// TestPrinted: what is printed instead is of use.
func TestPrinted(t *testing.T) {
	is := is.New(t)
	headers := zreq.Headers{{"Authorization", "x"}, {"range", "bytes=0-"}, {"X-Api-Key", "y"}}
	is.Equal(fmt.Sprint(headers), "[Authorization: …, range: bytes=0-, X-Api-Key: …]") // names, and what is harmless
	is.Equal(fmt.Sprintf("%#v", headers), `zreq.Headers{{"Authorization", "…"}, {"range", "bytes=0-"}, {"X-Api-Key", "…"}}`)
	is.Equal(fmt.Sprint(zreq.Headers{}), "[]")
	is.Equal(fmt.Sprintf("%v %#v", zreq.Bearer("x"), zreq.Basic("u", "p")), "zreq.Bearer(…) zreq.Basic(…)")
	is.Equal(fmt.Sprintf("%v", zreq.AuthRequest{Method: "GET", Origin: "http://h.test"}), "zreq.AuthRequest(GET http://h.test)")
	is.Equal(fmt.Sprintf("%v %#v", fetch(t, noContent), fetch(t, noContent)), "HTTP/1.1 204 zreq.Response(HTTP/1.1 204)")
	is.Equal(fmt.Sprint((*zreq.Response)(nil)), "<nil>") // which a failed call returns
	is.Equal(fmt.Sprint(zreq.Auth(nil)), "<nil>")
	hops := []zreq.Redirect{{Method: "GET", URL: "http://h.test/a?b=c", Status: 302}, {Method: "GET", URL: "http://h.test/d", Status: 307}}
	is.Equal(fmt.Sprint(hops), "[GET http://h.test/a?… 302 GET http://h.test/d 307]")
	is.Equal(fmt.Sprintf("%#v", hops[1]), "zreq.Redirect(GET http://h.test/d 307)")
}
