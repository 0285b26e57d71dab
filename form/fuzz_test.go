package form_test

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/zreq-go/zreq/form"
)

// boundary is one that no content of this target holds.
const boundary = "0123456789abcdefghij"

// FuzzMultipart: fields and files that are let through, mime/multipart reads
// back, and how the body is read changes nothing. A name is compared with its
// escaped form, for the parser of Go decodes none of %22, %0D and %0A.
func FuzzMultipart(f *testing.F) {
	f.Add("site", "Oslo 3", "log", "boot.log", "text/plain", "X-Level", "3", []byte("no such device"), []byte{7}, true)
	f.Add("a\rb\nc\"", "1\n2", "f\r\n", "n\"\r\n", "", "X", "", []byte("\r\n--0123456789abcdefghi"), []byte{1}, false)
	f.Add("", "", "", "", "", "X-A", " b ", []byte{}, []byte{}, true)
	f.Add("\xff", "\x00", "na\u00efve;", "a\\\"b\\", "a/b; c=\"d\"", "x", "\t\x01\xff", []byte("--"), []byte{255, 2}, false)
	f.Add("a\x00", "", "f", "n", "a\nb", "Content-Type", "a/b", []byte("x"), []byte{3}, true)
	f.Fuzz(func(t *testing.T, field, value, file, name, mediatype, header, headerValue string, content, sizes []byte, sized bool) {
		if strings.Contains(value, boundary) || bytes.Contains(content, []byte(boundary)) {
			return
		}
		part := form.File{
			Field: file, Name: name, ContentType: mediatype,
			Headers: [][2]string{{header, headerValue}},
			Content: bytes.NewReader(content),
		}
		if !sized {
			part.Size = -1
		}
		m := form.Files(part)
		if err := m.SetBoundary(boundary); err != nil {
			t.Fatal(err)
		}
		body := m.With(form.Values{{field, value}, {"", value}})
		if err := body.(interface{ Rewind() error }).Rewind(); err != nil {
			mustRefuse(t, err, field+file+name, mediatype+headerValue, header)
			return
		}
		whole := readInPieces(t, body, nil)
		if size := body.Size(); sized != (size == int64(len(whole))) {
			t.Fatalf("size %d of %d bytes", size, len(whole))
		}
		if err := body.(interface{ Rewind() error }).Rewind(); err != nil {
			t.Fatal(err)
		}
		if got := readInPieces(t, body, sizes); !bytes.Equal(got, whole) {
			t.Fatalf("in pieces of %v: %q, want %q", sizes, got, whole)
		}
		if controlOfHead.MatchString(field + file + name + mediatype + headerValue) {
			// Go refuses a head with them. Browsers send them in names, and
			// RFC 9110, 5.5, lets a reader keep them in values.
			return
		}
		r := multipart.NewReader(bytes.NewReader(whole), boundary)
		comesBack(t, r, form.File{Field: field}, []byte(value))
		comesBack(t, r, form.File{}, []byte(value))
		comesBack(t, r, part, content)
		if _, err := r.NextRawPart(); err != io.EOF {
			t.Fatalf("%q: a part too many, %v", whole, err)
		}
	})
}

// mustRefuse demands a reason for a refusal.
func mustRefuse(t *testing.T, err error, names, values, header string) {
	switch {
	case strings.Contains(names, "\x00"), strings.ContainsAny(values, "\r\n\x00"), !isToken(header):
	case strings.HasPrefix(strings.ToLower(header), "content-"):
	default:
		t.Fatalf("refused: %v", err)
	}
}

func isToken(s string) bool {
	const signs = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	return s != "" && strings.Trim(s, signs) == ""
}

// controlOfHead is what no head of ours escapes or refuses.
var controlOfHead = regexp.MustCompile(`[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]`)

// browser escapes a name as HTML says; of a field when its lone CR and LF have
// become CRLF.
var (
	browser = strings.NewReplacer("\"", "%22", "\r", "%0D", "\n", "%0A")
	crlf    = strings.NewReplacer("\r\n", "\r\n", "\r", "\r\n", "\n", "\r\n")
)

// comesBack demands that the next part is the file with the content.
func comesBack(t *testing.T, r *multipart.Reader, want form.File, content []byte) {
	p, err := r.NextRawPart()
	if err != nil {
		t.Fatalf("part %q: %v", want.Field, err)
	}
	if got, err := io.ReadAll(p); err != nil || !bytes.Equal(got, content) {
		t.Fatalf("part %q: %q, %v, want %q", want.Field, got, err, content)
	}
	disposition := `form-data; name="` + browser.Replace(crlf.Replace(want.Field)) + `"`
	if want.Name != "" {
		disposition += `; filename="` + browser.Replace(want.Name) + `"`
	}
	if got := p.Header["Content-Disposition"]; len(got) != 1 || got[0] != disposition {
		t.Fatalf("disposition %q, want %q", got, disposition)
	}
	sameNames(t, disposition, want)
	mediatype := want.ContentType
	if mediatype == "" && want.Name != "" {
		mediatype = "application/octet-stream"
	}
	if got := p.Header.Get("Content-Type"); got != strings.Trim(mediatype, " \t") {
		t.Fatalf("type %q, want %q", got, mediatype)
	}
	for _, h := range want.Headers {
		if got := p.Header.Get(h[0]); got != strings.Trim(h[1], " \t") {
			t.Fatalf("header %q: %q, want %q", h[0], got, h[1])
		}
	}
}

// sameNames demands that Go reads the names as they stand between the quotes.
// It differs in one thing: it takes a backslash ahead of a separator for an
// escape, as RFC 2616 had it. Browsers send a backslash as it is, and so do we.
func sameNames(t *testing.T, disposition string, want form.File) {
	if strings.Contains(disposition, `\`) {
		return
	}
	_, params, err := mime.ParseMediaType(disposition)
	if err != nil {
		t.Fatalf("%q: %v", disposition, err)
	}
	if got := params["name"]; got != browser.Replace(crlf.Replace(want.Field)) {
		t.Fatalf("%q: name %q", disposition, got)
	}
	if got := params["filename"]; got != browser.Replace(want.Name) {
		t.Fatalf("%q: file name %q", disposition, got)
	}
}

// FuzzForm: what a form or a query encodes, net/url reads back, and how it is
// read changes nothing.
func FuzzForm(f *testing.F) {
	f.Add("a", "1", "b", "2", []byte{1})
	f.Add("", "", "a b", "c+d", []byte{2, 3})
	f.Add("~*-._", "=&%41", "na\u00efve", "a\r\nb", []byte{7})
	f.Add("\xff\x00", ";", "=", "&", []byte{255, 1, 0})
	f.Fuzz(func(t *testing.T, name1, value1, name2, value2 string, sizes []byte) {
		v := form.Values{{name1, value1}, {name2, value2}, {name1, value2}, {name2, value1}, {name1, value1}}
		want := url.Values{}
		for _, pair := range v {
			want.Add(pair[0], pair[1])
		}
		whole := v.AppendForm([]byte("x"))[1:]
		for _, text := range [][]byte{whole, v.AppendQuery(nil)} {
			if got, err := url.ParseQuery(string(text)); err != nil || !reflect.DeepEqual(got, want) {
				t.Fatalf("%q: read as %q, %v", text, got, err)
			}
			inOrder(t, v, text)
		}
		body := v.Body()
		for range 2 { // and again after Rewind
			if got := readInPieces(t, body, sizes); !bytes.Equal(got, whole) {
				t.Fatalf("in pieces of %v: %q, want %q", sizes, got, whole)
			}
			if body.Size() != int64(len(whole)) {
				t.Fatalf("size %d, want %d", body.Size(), len(whole))
			}
			if err := body.Rewind(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// inOrder demands that the pairs stand in text in the order of v.
func inOrder(t *testing.T, v form.Values, text []byte) {
	parts := strings.Split(string(text), "&")
	if len(parts) != len(v) {
		t.Fatalf("%q: %d pairs, want %d", text, len(parts), len(v))
	}
	for i, part := range parts {
		name, value, _ := strings.Cut(part, "=")
		gotName, _ := url.QueryUnescape(name)
		gotValue, _ := url.QueryUnescape(value)
		if gotName != v[i][0] || gotValue != v[i][1] {
			t.Fatalf("%q: pair %d is %q=%q, want %q", text, i, gotName, gotValue, v[i])
		}
	}
}

// readInPieces reads all of r into buffers of the given sizes, over and over;
// of 512 bytes if there are none.
func readInPieces(t *testing.T, r io.Reader, sizes []byte) []byte {
	var all []byte
	for i := 0; ; i++ {
		piece := 512
		if len(sizes) > 0 {
			piece = max(1, int(sizes[i%len(sizes)]))
		}
		p := make([]byte, piece)
		n, err := r.Read(p)
		if n < 0 || n > piece || n == 0 && err == nil {
			t.Fatalf("read %d of %d bytes, %v", n, piece, err)
		}
		all = append(all, p[:n]...)
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
