package form_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
)

// around reads m with a buffer of size bytes, and takes the contents that are said to
// come next as themselves, at most piece bytes at a time. It returns what it got, and
// how many bytes went around m.
func around(t *testing.T, m *form.Multipart, size, piece int) (all []byte, straight int) {
	t.Helper()
	is := is.New(t)
	p, q := make([]byte, size), make([]byte, piece)
	for {
		n, err := m.Read(p)
		all = append(all, p[:n]...)
		if err == io.EOF {
			return all, straight
		}
		is.NoErr(err)
		for {
			content, left := m.Straight()
			if content == nil {
				is.Equal(left, int64(0)) // of nothing
				break
			}
			is.True(left > 0)
			k, err := content.Read(q[:min(left, int64(piece))])
			is.NoErr(err)
			all = append(all, q[:k]...)
			straight += k
			m.Skip(int64(k))
			after, rest := m.Straight()
			is.True(rest == left-int64(k) && (after == content) == (rest > 0)) // it was counted
		}
	}
}

func TestStraight(t *testing.T) {
	files := func() []form.File {
		return []form.File{
			{Field: "f", Name: "1", Content: text("first " + every)},
			{Field: "f", Name: "empty", Content: text("")},
			{Field: "f", Name: "one", Content: text("x")},
			{Field: "f", Name: "unknown", Content: text(every), Size: -1},
			{Field: "f", Name: "offset", Content: at(strings.NewReader("no"+every), 2)},
		}
	}
	for name, fields := range map[string]form.Values{"files": nil, "and fields": {{"a", ""}, {"b", "abc"}}} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			m := bounded(t, files()...).With(fields).(*form.Multipart)
			want, err := io.ReadAll(m)
			is.NoErr(err)
			most := 0
			for _, size := range []int{1, 2, 7, 100, 4096} {
				for _, piece := range []int{1, 10, 1000} {
					is.NoErr(m.Rewind()) // also from what went around it
					got, n := around(t, m, size, piece)
					is.True(bytes.Equal(got, want)) // nothing twice, nothing lost
					most = max(most, n)
				}
			}
			is.True(most >= len(every)*3/2) // it was taken where it could be
		})
	}
}

func TestStraightIsNil(t *testing.T) {
	is := is.New(t)
	nothing := func(m *form.Multipart) {
		is.Helper()
		content, left := m.Straight()
		is.True(content == nil && left == 0)
		m.Skip(1) // counts for nothing
	}
	content := strings.NewReader("abc")
	m := bounded(t, form.File{Field: "f", Content: content})
	nothing(m) // before it was rewound
	is.NoErr(m.Rewind())
	nothing(m) // the head comes first
	head := make([]byte, len("--b\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\n"))
	_, err := io.ReadFull(m, head[1:])
	is.NoErr(err)
	nothing(m) // all of it
	_, err = io.ReadFull(m, head[:1])
	is.NoErr(err)
	got, left := m.Straight()
	is.True(got == io.Reader(content) && left == 3) // and then the content
	nothing(m.With(form.Values{{"a", "1"}}).(*form.Multipart))
	rest, err := io.ReadAll(m)
	is.NoErr(err)
	is.Equal(string(rest), "abc\r\n--b--\r\n") // asking takes nothing
	nothing(m)                                 // behind the end
	nothing(form.Files())

	broken := bounded(t, form.File{Field: "f", Content: text("abc")}, form.File{Field: "g"})
	is.True(broken.Rewind() != nil)
	nothing(broken) // what cannot be sent
}

// TestStraightKeepsToTheSize: whether a content is longer or shorter than it said is
// for Read to find out, whoever took the rest of it.
func TestStraightKeepsToTheSize(t *testing.T) {
	for name, tt := range map[string]struct {
		has       string
		said, got int64
	}{
		"longer":  {"abcdefg", 6, 7},
		"shorter": {"abcde", 6, 5},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			m := bounded(t, form.File{Field: "f", Content: bytes.NewBufferString(tt.has), Size: tt.said})
			is.NoErr(m.Rewind())
			for {
				_, err := m.Read(make([]byte, 1))
				is.NoErr(err)
				if content, left := m.Straight(); content != nil {
					is.Equal(left, tt.said)
					k, err := io.ReadFull(content, make([]byte, min(left, int64(len(tt.has)))))
					is.NoErr(err)
					m.Skip(int64(k))
					break
				}
			}
			_, err := m.Read(make([]byte, 100))
			var size *form.SizeError
			is.True(errors.As(err, &size))
			is.Equal(*size, form.SizeError{Part: "f", Said: tt.said, Got: tt.got}) // as if Read had given all
			content, _ := m.Straight()
			is.True(content == nil) // it is over
		})
	}
	t.Run("skipped too much", func(t *testing.T) {
		is := is.New(t)
		m := bounded(t, form.File{Field: "f", Content: bytes.NewBufferString("abc"), Size: 3})
		is.NoErr(m.Rewind())
		for content, _ := m.Straight(); content == nil; content, _ = m.Straight() {
			_, err := m.Read(make([]byte, 1))
			is.NoErr(err)
		}
		m.Skip(4)
		_, err := io.ReadAll(m)
		var size *form.SizeError
		is.True(errors.As(err, &size)) // is no body that ends well
	})
}
