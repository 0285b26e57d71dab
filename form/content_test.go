package form_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
)

// sized is a reader that says a size.
type sized struct {
	io.Reader
	size int64
}

func (s sized) Size() int64 { return s.size }

// at moves a reader on, as one who has read a head of it would.
func at(s io.ReadSeeker, offset int64) io.Reader {
	_, _ = s.Seek(offset, io.SeekStart)
	return s
}

func testContentSize(t *testing.T) {
	head := int64(len("--b\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\n" + "\r\n--b--\r\n"))
	for name, tt := range map[string]struct {
		file form.File
		want int64 // of the part
	}{
		"said":                     {form.File{Content: new(bytes.Buffer), Size: 7}, 7},
		"said, not what is left":   {form.File{Content: text("abc"), Size: 7}, 7},
		"said unknown":             {form.File{Content: text("abc"), Size: -1}, -1},
		"no Size":                  {form.File{Content: bytes.NewBufferString("abc")}, -1},
		"strings.Reader":           {form.File{Content: text("abc")}, 3},
		"bytes.Reader":             {form.File{Content: bytes.NewReader(make([]byte, 5))}, 5},
		"io.SectionReader":         {form.File{Content: io.NewSectionReader(strings.NewReader("abcdef"), 2, 3)}, 3},
		"from an offset":           {form.File{Content: at(strings.NewReader("abc"), 2)}, 1},
		"from its end":             {form.File{Content: at(strings.NewReader("abc"), 3)}, 0},
		"from beyond its end":      {form.File{Content: at(strings.NewReader("abc"), 9)}, 0},
		"Size without Seek":        {form.File{Content: sized{text("abc"), 3}}, 3},
		"negative Size":            {form.File{Content: sized{text("abc"), -3}}, -1},
		"a body":                   {form.File{Content: form.Values{{"a", "b c"}}.Body()}, 5},
		"Seek that fails":          {form.File{Content: adrift{text("abc")}}, -1},
		"sum that is out of range": {form.File{Content: new(bytes.Buffer), Size: math.MaxInt64}, -1},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			tt.file.Field = "f"
			m := bounded(t, tt.file)
			want := tt.want
			if want >= 0 {
				want += head
			}
			is.Equal(m.Size(), want) // known before it is read
			is.NoErr(m.Rewind())
			is.Equal(m.Size(), want) // and the same afterwards
		})
	}
	is := is.New(t)
	both := bounded(t, form.File{Content: text("abc")}, form.File{Content: bytes.NewBufferString("abc")}, form.File{Content: text("abc")})
	is.Equal(both.Size(), int64(-1)) // one that nobody knows makes the whole unknown
}

// sizedFile is a file that says a size itself.
type sizedFile struct{ *os.File }

func (sizedFile) Size() int64 { return 3 }

// adrift says a size, but cannot tell its offset, as a pipe.
type adrift struct{ io.Reader }

func (adrift) Size() int64 { return 3 }

func (adrift) Seek(int64, int) (int64, error) { return 0, os.ErrInvalid }

func testContentSizeError(t *testing.T) {
	for name, tt := range map[string]struct {
		content   string
		said, got int64
		text      string
	}{
		"none":     {"", 3, 0, `part "f%22%0D%0A": gave 0 of 3 bytes`},
		"shorter":  {"ab", 3, 2, `part "f%22%0D%0A": gave 2 of 3 bytes`},
		"longer":   {"abcd", 3, 4, `part "f%22%0D%0A": gave more than 3 bytes`},
		"much":     {strings.Repeat("abcd", 1000), 3, 4, `part "f%22%0D%0A": gave more than 3 bytes`},
		"by a lot": {"ab", math.MaxInt64 / 2, 2, `part "f%22%0D%0A": gave 2 of 4611686018427387903 bytes`},
	} {
		for how, wrap := range map[string]func(io.Reader) io.Reader{
			"as it comes":         func(r io.Reader) io.Reader { return r },
			"byte by byte":        iotest.OneByteReader,
			"end with the last":   iotest.DataErrReader,
			"nothing in between":  func(r io.Reader) io.Reader { return &halting{r: r} },
			"end with last byte ": func(r io.Reader) io.Reader { return iotest.DataErrReader(iotest.OneByteReader(r)) },
		} {
			for _, size := range []int{1, 2, 3, 7, 4096} {
				t.Run(name+", "+how, func(t *testing.T) {
					is := is.New(t)
					m := bounded(t, form.File{Field: "f\"\n", Content: wrap(text(tt.content)), Size: tt.said})
					body := m.With(form.Values{{"a", "1"}})
					is.NoErr(body.(rewindable).Rewind()) // it does not show before
					got, err := readBy(body, size)
					is.Equal(err.Error(), tt.text)
					var sizeError *form.SizeError
					is.True(errors.As(err, &sizeError))
					is.Equal(*sizeError, form.SizeError{Part: "f\"\n", Said: tt.said, Got: tt.got})                       // the facts are fields
					is.True(strings.HasSuffix(string(got), "\r\n\r\n"+tt.content[:min(int64(len(tt.content)), tt.said)])) // no closing delimiter, nor more than it said
					_, again := body.Read(make([]byte, 1))
					is.Equal(again, err) // there is no way on
				})
			}
		}
	}
}

// halting gives nothing in every other call.
type halting struct {
	r    io.Reader
	halt bool
}

func (h *halting) Read(p []byte) (int, error) {
	if h.halt = !h.halt; h.halt {
		return 0, nil
	}
	return h.r.Read(p)
}

type readFunc func(p []byte) (int, error)

func (f readFunc) Read(p []byte) (int, error) { return f(p) }

// after reads from next once the first has ended.
type after struct{ first, next io.Reader }

func (a *after) Read(p []byte) (int, error) {
	if a.first != nil {
		n, err := a.first.Read(p)
		if err == nil {
			return n, nil
		}
		a.first = nil
	}
	return a.next.Read(p)
}

func TestContentFails(t *testing.T) {
	broken := errors.New("card removed")
	for name, tt := range map[string]struct {
		read readFunc
		want error
		text string
	}{
		"at once":             {func([]byte) (int, error) { return 0, broken }, broken, `part "f": card removed`},
		"with a byte":         {func(p []byte) (int, error) { return copy(p, "x"), broken }, broken, `part "f": card removed`},
		"cut":                 {func([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }, io.ErrUnexpectedEOF, `part "f": unexpected EOF`},
		"nothing, for ever":   {func([]byte) (int, error) { return 0, nil }, io.ErrNoProgress, `part "f": multiple Read calls return no data or error`},
		"negative count":      {func([]byte) (int, error) { return -1, nil }, nil, `part "f": its Content gave an impossible count`},
		"count beyond p":      {func(p []byte) (int, error) { return len(p) + 1, nil }, nil, `part "f": its Content gave an impossible count`},
		"count beyond, EOF":   {func(p []byte) (int, error) { return len(p) + 1, io.EOF }, nil, `part "f": its Content gave an impossible count`},
		"negative count, EOF": {func([]byte) (int, error) { return -1, io.EOF }, nil, `part "f": its Content gave an impossible count`},
	} {
		for _, said := range []int64{-1, 100} {
			t.Run(name, func(t *testing.T) {
				is := is.New(t)
				m := bounded(t, form.File{Field: "f", Content: &after{text("abc"), tt.read}, Size: said})
				got, err := readBy(m, 512)
				is.True(err != nil)
				is.Equal(err.Error(), tt.text)                        // names the part
				is.True(tt.want == nil || errors.Is(err, tt.want))    // and leads to the reader's own error
				is.True(strings.Contains(string(got), "\r\n\r\nabc")) // what came before was passed on
				is.True(!strings.HasSuffix(string(got), "--\r\n"))    // and does not look whole
				_, again := m.Read(make([]byte, 1))
				is.Equal(again, err) // there is no way on
			})
		}
	}
}

func TestContentMayHalt(t *testing.T) {
	is := is.New(t)
	halts := 0
	r := readFunc(func(p []byte) (int, error) {
		if halts++; halts < 100 {
			return 0, nil
		}
		return copy(p, "a"), io.EOF
	})
	got, err := readBy(bounded(t, form.File{Field: "f", Content: r}), 512)
	is.NoErr(err)                                                     // 99 times in a row are allowed
	is.True(strings.HasSuffix(string(got), "\r\n\r\na\r\n--b--\r\n")) // and lose nothing
}

func TestContentMayNotHaltForEver(t *testing.T) {
	is := is.New(t)
	halts := 0
	r := readFunc(func([]byte) (int, error) {
		halts++
		return 0, nil
	})
	_, err := readBy(bounded(t, form.File{Field: "f", Content: r}), 512)
	is.True(errors.Is(err, io.ErrNoProgress))
	is.Equal(halts, 100) // as often as package bufio asks
}
