package form_test

import (
	"io"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
)

func testNames(t *testing.T) {
	// HTML, "multipart/form-data encoding algorithm".
	for name, tt := range map[string]struct{ in, field, file string }{
		"plain":         {"a b", "a b", "a b"},
		"CR":            {"a\rb", "a%0D%0Ab", "a%0Db"},
		"LF":            {"a\nb", "a%0D%0Ab", "a%0Ab"},
		"CRLF":          {"a\r\nb", "a%0D%0Ab", "a%0D%0Ab"},
		"LFCR":          {"a\n\rb", "a%0D%0A%0D%0Ab", "a%0A%0Db"},
		"many":          {"\r\r\n\n\r", "%0D%0A%0D%0A%0D%0A%0D%0A", "%0D%0D%0A%0A%0D"},
		"quote":         {`a"b`, "a%22b", "a%22b"},
		"backslash":     {`a\b\`, `a\b\`, `a\b\`},
		"percent":       {"%22%", "%22%", "%22%"},
		"other signs":   {"a'b;c=d&e~", "a'b;c=d&e~", "a'b;c=d&e~"},
		"tab, controls": {"a\t\x01\x7f", "a\t\x01\x7f", "a\t\x01\x7f"},
		"UTF-8":         {"naïve 日本 😀", "naïve 日本 😀", "naïve 日本 😀"},
		"not UTF-8":     {"\xff\x80", "\xff\x80", "\xff\x80"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			body := form.Files(form.File{Field: tt.in, Name: tt.in, Content: text("")})
			is.Equal(disposition(t, body), `form-data; name="`+tt.field+`"; filename="`+tt.file+`"`)
			field := form.Files().With(form.Values{{tt.in, ""}})
			is.Equal(disposition(t, field), `form-data; name="`+tt.field+`"`)
		})
	}
}

// disposition is that of the first part.
func disposition(t *testing.T, body form.Body) string {
	t.Helper()
	all, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(all), "\r\nContent-Disposition: ")
	line, _, _ := strings.Cut(rest, "\r\n")
	return line
}
