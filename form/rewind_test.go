package form_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
)

// again has a Rewind of its own, and counts.
type again struct {
	io.ReadSeeker
	rewinds, encodes   int
	onRewind, onEncode error
}

func (a *again) Rewind() error {
	a.rewinds++
	_, _ = a.ReadSeeker.Seek(0, io.SeekStart)
	return a.onRewind
}

func (a *again) Encode() error {
	a.encodes++
	return a.onEncode
}

func (*again) Seek(int64, int) (int64, error) { return 0, errors.New("is not asked") }

func testContentRewind(t *testing.T) {
	start := func(s string) string {
		return "--b\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\n" + s + "\r\n--b--\r\n"
	}
	t.Run("by Seek", func(t *testing.T) {
		checkBody(t, bounded(t, form.File{Field: "f", Content: text("abcdef")}), start("abcdef"))
	})
	t.Run("by Seek, to where it stood", func(t *testing.T) {
		checkBody(t, bounded(t, form.File{Field: "f", Content: at(strings.NewReader("abcdef"), 4)}), start("ef"))
	})
	t.Run("by Rewind", func(t *testing.T) {
		is := is.New(t)
		content := &again{ReadSeeker: strings.NewReader("abcdef")}
		checkText(t, bounded(t, form.File{Field: "f", Content: content}), start("abcdef")) // and not by Seek
		is.True(content.rewinds > 5)
		is.Equal(content.encodes, content.rewinds) // each Rewind encodes, too: zreq asks only the whole
	})
	t.Run("bodies", func(t *testing.T) {
		inner := bounded(t, form.File{Field: "g", Content: form.JSON([]int{1})})
		checkBody(t, bounded(t, form.File{Field: "f", Content: inner}),
			start("--b\r\nContent-Disposition: form-data; name=\"g\"\r\n\r\n[1]\r\n--b--\r\n"))
	})
	t.Run("not at all", func(t *testing.T) {
		is := is.New(t)
		m := bounded(t, form.File{Field: "f", Content: bytes.NewBufferString("abcdef")})
		is.NoErr(m.Rewind())
		is.NoErr(m.Rewind()) // as long as nothing was read
		_, err := io.ReadFull(m, make([]byte, len(start(""))-len("\r\n--b--\r\n")))
		is.NoErr(err)
		is.NoErr(m.Rewind()) // the head is no content
		got, err := readBy(m, 512)
		is.NoErr(err)
		is.Equal(string(got), start("abcdef"))
		err = m.Rewind()
		is.True(err != nil)
		is.Equal(err.Error(), `part "f": it cannot be sent again: its Content has neither Rewind nor Seek`)
		_, readErr := m.Read(make([]byte, 1))
		is.Equal(readErr, err) // and it is not sent again
	})
	t.Run("seeks no more", func(t *testing.T) {
		is := is.New(t)
		f, err := os.CreateTemp(t.TempDir(), "")
		is.NoErr(err)
		_, err = f.WriteAt([]byte("abc"), 0)
		is.NoErr(err)
		m := bounded(t, form.File{Field: "f", Content: f})
		checkText(t, m, start("abc")) // a file seeks
		is.NoErr(f.Close())
		err = m.Rewind()
		is.True(errors.Is(err, os.ErrClosed)) // the error of the Seek
		is.Equal(m.Size(), int64(-1))
	})
	for name, content := range map[string]*again{
		"Rewind fails": {ReadSeeker: strings.NewReader(""), onRewind: io.ErrClosedPipe},
		"Encode fails": {ReadSeeker: strings.NewReader(""), onEncode: io.ErrClosedPipe},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			m := bounded(t, form.File{Field: "f", Content: content})
			is.True(errors.Is(m.Rewind(), io.ErrClosedPipe)) // before the dial
			is.Equal(m.Rewind().Error(), `part "f": io: read/write on closed pipe`)
			is.Equal(m.Size(), int64(-1))
		})
	}
	t.Run("no Content", func(t *testing.T) {
		is := is.New(t)
		m := bounded(t, form.File{Field: "g", Content: text("")}, form.File{Field: "f"})
		is.Equal(m.Rewind().Error(), `part "f": there is no Content`) // names the part
		_, err := io.ReadAll(m)
		is.Equal(err.Error(), `part "f": there is no Content`)
	})
}
