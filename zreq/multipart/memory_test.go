package multipart_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/multipart"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// endless is a stream that repeats itself.
type endless struct {
	text string
	at   int
	most int // bytes a Read returns
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p[:min(len(p), e.most)], e.text[e.at:])
	e.at = (e.at + n) % len(e.text)
	return n, nil
}

// Parts are read without an allocation, whatever ends them.
func testBoundedMemory(t *testing.T) {
	for name, length := range map[string]string{"by length": "Content-Length: 20000\r\n", "by delimiter": ""} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			stream := &endless{text: "--frame\r\nContent-Type: image/jpeg\r\n" + length + "\r\n" + strings.Repeat("\n-", 10_000) + "\r\n", most: 1000}
			r, err := multipart.NewReader(stream, mixed, nil)
			is.NoErr(err)
			frame := make([]byte, 20_000)
			pulled, _ := zreqtest.Allocs(func() {
				for range 20 {
					part, err := r.Next()
					is.NoErr(err)
					n, err := part.ReadInto(frame)
					is.NoErr(err)
					is.True(n == len(frame))
				}
			})
			is.Equal(pulled, int64(0))
			parts := 0
			s := multipart.Splitter{OnEnd: func() error { parts++; return nil }}
			is.NoErr(s.Begin(mixed, nil))
			is.NoErr(s.Write([]byte(stream.text))) // which makes the buffer
			body := []byte(stream.text)
			pushed, _ := zreqtest.Allocs(func() { is.NoErr(s.Write(body)) })
			is.Equal(pushed, int64(0))
			is.True(parts > 1)
		})
	}
}

// TestReadInto: a part that is larger than the buffer of the caller is refused, and the
// parts behind it can be read.
func TestReadInto(t *testing.T) {
	for name, length := range map[string]string{"by length": "Content-Length: 3\r\n", "by delimiter": ""} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			part := "--frame\r\n" + length + "\r\none\r\n"
			r, err := multipart.NewReader(strings.NewReader(part+part+part+"--frame--"), mixed, nil)
			is.NoErr(err)
			for _, test := range []struct {
				buffer int
				want   error
			}{{2, multipart.ErrTooLarge}, {3, nil}, {4, nil}} {
				p, err := r.Next()
				is.NoErr(err)
				n, err := p.ReadInto(make([]byte, test.buffer))
				is.True(errors.Is(err, test.want))
				is.True(n == 3 || err != nil)
			}
			_, err = r.Next()
			is.Equal(err, io.EOF)
		})
	}
}

// TestErrorsOfOthers: what the body and the functions of a Splitter return comes up as it
// is, again and again.
func TestErrorsOfOthers(t *testing.T) {
	is := is.New(t)
	broken := errors.New("broken")
	r, err := multipart.NewReader(io.MultiReader(strings.NewReader("--frame\r\n\r\none"), failing{broken}), mixed, nil)
	is.NoErr(err)
	p, err := r.Next()
	is.NoErr(err)
	content, err := io.ReadAll(p)
	is.Equal(string(content), "one")
	is.Equal(err, broken)
	_, err = r.Next()
	is.Equal(err, broken)

	fail := func() error { return broken }
	for _, s := range []*multipart.Splitter{
		{OnPart: func(*multipart.Head) error { return fail() }},
		{OnData: func([]byte) error { return fail() }},
		{OnEnd: fail},
	} {
		is.True(errors.Is(s.Write([]byte("x")), multipart.ErrArgs)) // before Begin
		is.NoErr(s.Begin(mixed, nil))
		is.Equal(s.Write([]byte("--frame\r\n\r\none\r\n--frame\r\n")), broken)
		is.Equal(s.Write(nil), broken)
		is.Equal(s.Close(), broken)
		is.NoErr(s.Begin(mixed, nil)) // and again
		is.Equal(s.Write([]byte("--frame")), nil)
	}
	r, err = multipart.NewReader(failing{nil}, mixed, nil)
	is.NoErr(err)
	_, err = r.Next()
	is.Equal(err, io.ErrNoProgress)
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
