package form_test

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/textproto"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
)

// bounded returns a body of the files with the boundary "b".
func bounded(t *testing.T, files ...form.File) *form.Multipart {
	t.Helper()
	m := form.Files(files...)
	if err := m.SetBoundary("b"); err != nil {
		t.Fatal(err)
	}
	return m
}

func text(s string) io.Reader { return strings.NewReader(s) }

// lines ends each line as the wire does.
func lines(s ...string) string { return strings.Join(s, "\r\n") }

func testMultipart(t *testing.T) {
	for name, tt := range map[string]struct {
		fields form.Values
		files  []form.File
		want   string
	}{
		"no parts": {nil, nil, "--b--\r\n"},
		"one file": {nil, []form.File{{Field: "f", Name: "n", Content: text("data")}}, lines(
			`--b`, `Content-Disposition: form-data; name="f"; filename="n"`, `Content-Type: application/octet-stream`, ``, `data`, `--b--`, ``)},
		"typed": {nil, []form.File{{Field: "f", Name: "n", ContentType: "image/png; q=\"1\"", Content: text("data")}}, lines(
			`--b`, `Content-Disposition: form-data; name="f"; filename="n"`, `Content-Type: image/png; q="1"`, ``, `data`, `--b--`, ``)},
		"further headers": {nil, []form.File{{Field: "f", Name: "n", Headers: [][2]string{{"X-B", "1"}, {"x-a", ""}, {"X-B", "2, é"}}, Content: text("")}}, lines(
			`--b`, `Content-Disposition: form-data; name="f"; filename="n"`, `Content-Type: application/octet-stream`, `X-B: 1`, `x-a: `, `X-B: 2, é`, ``, ``, `--b--`, ``)},
		"no file name": {nil, []form.File{{Field: "f", Content: text("data")}}, lines(
			`--b`, `Content-Disposition: form-data; name="f"`, ``, `data`, `--b--`, ``)},
		"no file name, typed": {nil, []form.File{{Field: "f", ContentType: "application/json", Content: text("{}")}}, lines(
			`--b`, `Content-Disposition: form-data; name="f"`, `Content-Type: application/json`, ``, `{}`, `--b--`, ``)},
		"fields alone": {form.Values{{"a", "1"}, {"", ""}, {"a", "2"}}, nil, lines(
			`--b`, `Content-Disposition: form-data; name="a"`, ``, `1`,
			`--b`, `Content-Disposition: form-data; name=""`, ``, ``,
			`--b`, `Content-Disposition: form-data; name="a"`, ``, `2`, `--b--`, ``)},
		"fields come first": {form.Values{{"a", "1"}}, []form.File{
			{Field: "f", Name: "1", Content: text("one")},
			{Field: "f", Name: "2", Content: text("two")},
		}, lines(
			`--b`, `Content-Disposition: form-data; name="a"`, ``, `1`,
			`--b`, `Content-Disposition: form-data; name="f"; filename="1"`, `Content-Type: application/octet-stream`, ``, `one`,
			`--b`, `Content-Disposition: form-data; name="f"; filename="2"`, `Content-Type: application/octet-stream`, ``, `two`, `--b--`, ``)},
		"bytes stay": {form.Values{{"a", "1\n2\r3\r\n\x00"}}, []form.File{{Field: "f", Content: text("\n\r\x00\xff--b")}}, lines(
			`--b`, `Content-Disposition: form-data; name="a"`, ``, "1\n2\r3\r\n\x00",
			`--b`, `Content-Disposition: form-data; name="f"`, ``, "\n\r\x00\xff--b", `--b--`, ``)},
	} {
		t.Run(name, func(t *testing.T) {
			checkBody(t, bounded(t, tt.files...).With(tt.fields), tt.want) // RFC 7578, 4; RFC 2046, 5.1.1
		})
	}
}

func testMultipartParsedBack(t *testing.T) {
	is := is.New(t)
	big := strings.Repeat(every, 100)
	m := form.Files(
		form.File{Field: "log", Name: "boot été.log", ContentType: "text/plain", Headers: [][2]string{{"X-Level", "3"}}, Content: text(big)},
		form.File{Field: "log", Name: "empty", Content: text("")},
	)
	body := m.With(form.Values{{"site", "Oslo 3"}, {"site", every}})
	mediatype, params, err := mime.ParseMediaType(body.ContentType())
	is.NoErr(err)
	is.Equal(mediatype, "multipart/form-data") // RFC 7578, 8
	is.Equal(body.ContentType(), m.ContentType())

	size := body.Size()
	all, err := io.ReadAll(body)
	is.NoErr(err)
	is.Equal(int64(len(all)), size) // Content-Length is exact

	octets := []string{"application/octet-stream"}
	r := multipart.NewReader(bytes.NewReader(all), params["boundary"])
	for _, want := range []struct {
		field, name string
		header      textproto.MIMEHeader
		content     string
	}{
		{"site", "", textproto.MIMEHeader{}, "Oslo 3"},
		{"site", "", textproto.MIMEHeader{}, every},
		{"log", "boot été.log", textproto.MIMEHeader{"Content-Type": {"text/plain"}, "X-Level": {"3"}}, big},
		{"log", "empty", textproto.MIMEHeader{"Content-Type": octets}, ""},
	} {
		p, err := r.NextRawPart()
		is.NoErr(err)
		is.Equal(p.FormName(), want.field)
		is.Equal(p.FileName(), want.name)
		p.Header.Del("Content-Disposition")
		is.Equal(p.Header, want.header) // type and further headers, and nothing else
		content, err := io.ReadAll(p)
		is.NoErr(err)
		is.True(string(content) == want.content) // every byte
	}
	_, err = r.NextRawPart()
	is.Equal(err, io.EOF) // and no more parts
}

func TestMultipartWith(t *testing.T) {
	is := is.New(t)
	m := bounded(t, form.File{Field: "f", Content: text("data")})
	is.True(m.With(nil) == form.Body(m)) // nothing to add
	fields := form.Values{{"a", "1"}}
	one := m.With(fields)
	two := one.(form.Parts).With(form.Values{{"b", "2"}})
	fields[0][0] = "x"

	a := "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n"
	b := "--b\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\n2\r\n"
	f := "--b\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\ndata\r\n--b--\r\n"
	checkBody(t, two, a+b+f) // those of before stay ahead
	checkBody(t, one, a+f)   // the files are read again, by whichever comes
	checkBody(t, m, f)       // and m stays what it was

	p := make([]byte, len(a+f)-20)
	is.NoErr(one.(rewindable).Rewind())
	_, err := io.ReadFull(one, p) // in the middle of the file
	is.NoErr(err)
	got, err := readBy(m.With(fields), 7)
	is.NoErr(err) // a body made anew takes the contents back by itself
	is.True(strings.HasSuffix(string(got), "\r\n\r\ndata\r\n--b--\r\n"))
}

// live is a reader that would wait for its second byte.
type live struct {
	t     *testing.T
	given bool
}

func (l *live) Read(p []byte) (int, error) {
	if l.given {
		l.t.Fatal("read again before the first bytes were passed on")
	}
	l.given = true
	return copy(p, "a"), nil
}

func TestMultipartPassesOnWhatIsThere(t *testing.T) {
	is := is.New(t)
	body := bounded(t, form.File{Field: "f", Content: &live{t: t}}).With(form.Values{{"a", "1"}, {"b", "2"}})
	p := make([]byte, 1000)
	n, err := body.Read(p)
	is.NoErr(err)
	is.True(strings.HasPrefix(string(p[:n]), "--b\r\n"))        // heads and values in one piece
	is.True(strings.HasSuffix(string(p[:n]), "\"f\"\r\n\r\na")) // with the first bytes of a file
}
