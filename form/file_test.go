package form_test

import (
	"io"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
)

func testFileRefused(t *testing.T) {
	header := func(name, value string) form.File {
		return form.File{Field: "f", Headers: [][2]string{{"X-Fine", "1"}, {name, value}}}
	}
	for name, tt := range map[string]struct {
		file form.File
		want string
	}{
		"NUL in the field":         {form.File{Field: "a\x00b"}, "a name has a NUL"},
		"NUL in the name":          {form.File{Field: "f", Name: "\x00"}, "a name has a NUL"},
		"CR in the type":           {form.File{Field: "f", ContentType: "a/b\rX: y"}, "the content type has a line break or NUL"},
		"LF in the type":           {form.File{Field: "f", ContentType: "a/b\nX: y"}, "the content type has a line break or NUL"},
		"NUL in the type":          {form.File{Field: "f", ContentType: "a/b\x00"}, "the content type has a line break or NUL"},
		"CR in a header":           {header("X-A", "b\r"), "header X-A has a line break or NUL"},
		"LF in a header":           {header("X-A", "\nb"), "header X-A has a line break or NUL"},
		"NUL in a header":          {header("X-A", "b\x00b"), "header X-A has a line break or NUL"},
		"no header name":           {header("", "b"), "a header name is no token (RFC 9110, 5.6.2)"},
		"colon in a header name":   {header("X:", "b"), "a header name is no token (RFC 9110, 5.6.2)"},
		"space in a header name":   {header("X A", "b"), "a header name is no token (RFC 9110, 5.6.2)"},
		"LF in a header name":      {header("X\nA", "b"), "a header name is no token (RFC 9110, 5.6.2)"},
		"letter that is not ASCII": {header("X-é", "b"), "a header name is no token (RFC 9110, 5.6.2)"},
		"disposition":              {header("Content-Disposition", "form-data"), "header Content-Disposition is made from the other fields of File"},
		"type as a header":         {header("content-TYPE", "a/b"), "header content-TYPE is made from the other fields of File"},
		"length":                   {header("Content-Length", "3"), "header Content-Length is not used in forms (RFC 7578, 4.7 and 4.8)"},
		"transfer encoding":        {header("CONTENT-TRANSFER-ENCODING", "8bit"), "header CONTENT-TRANSFER-ENCODING is not used in forms (RFC 7578, 4.7 and 4.8)"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			tt.file.Content = readFunc(func([]byte) (int, error) { panic("read") }) // nothing is read
			m := form.Files(form.File{Field: "g", Content: text("")}, tt.file)
			want := `part "` + strings.ReplaceAll(tt.file.Field, "\x00", "?") + `": ` + tt.want // on one line
			is.Equal(m.Rewind().Error(), want)                                                  // refused before a dial
			is.Equal(m.Size(), int64(-1))
			got, err := io.ReadAll(m)
			is.Equal(err.Error(), want) // and not sent by one who never asked
			is.Equal(len(got), 0)
			_, err = io.ReadAll(form.Files(tt.file))
			is.Equal(err.Error(), want)
		})
	}
	is := is.New(t)
	fields := form.Files().With(form.Values{{"a", "1"}, {"b\x00", ""}})
	is.Equal(fields.(rewindable).Rewind().Error(), "part \"b?\": a name has a NUL") // of a field, too
	is.NoErr(form.Files().With(form.Values{{"a", "\x00"}}).(rewindable).Rewind())   // a value is data
	is.NoErr(form.Files(form.File{Field: "f", Content: text(""), Headers: [][2]string{
		{"Content-Typ", ""}, {"Content-Types", ""}, {"Content-Tape", ""}, {"!#$%&'*+-.^_`|~09AZaz", "\t\x01\xff"},
	}}).Rewind()) // not more than the rule asks for
}
