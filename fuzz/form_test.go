package fuzz_test

import (
	"bytes"
	"io"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/zreq-go/zreq/form"
)

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
