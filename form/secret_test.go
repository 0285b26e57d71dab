package form_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
)

// TestValuesAreNotPrinted: a form may have a password in it, and a query a token.
func TestValuesAreNotPrinted(t *testing.T) {
	const secret = "sesame"
	values := form.Values{{"user", secret}, {"password", secret}}
	for name, v := range map[string]any{
		"Values":     values,
		"in a field": struct{ Data form.Values }{values},
		"URLEncoded": values.Body(),
		"Raw":        form.Bytes([]byte(secret), "text/plain"),
		"JSONText":   form.JSON(map[string]string{"password": secret}),
		"Multipart":  form.Files(form.File{Field: "f", Content: strings.NewReader(secret)}).With(values),
	} {
		t.Run(name, func(t *testing.T) {
			text := fmt.Sprintf("%v %+v %#v %s %q", v, v, v, v, v)
			for _, form := range []string{secret, strings.Trim(fmt.Sprint([]byte(secret)), "[]")} {
				if strings.Contains(text, form) {
					t.Errorf("%q is in %s", form, text)
				}
			}
		})
	}
	is := is.New(t)
	is.Equal(fmt.Sprint(values), "[user=… password=…]")                                                    // the names are there
	is.Equal(fmt.Sprintf("%#v", values), `form.Values{{"user", "…"}, {"password", "…"}}`)                  // also in Go
	is.Equal(fmt.Sprint(form.Values(nil), form.JSON(1), form.Bytes(nil, "")), "[] form.JSONText form.Raw") // bodies have their type
}
