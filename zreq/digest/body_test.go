package digest_test

import (
	"bytes"
	"crypto/md5"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/digest"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

const authInt = `Digest realm="r", nonce="n", qop="auth-int"`

func askBody(a *digest.Auth, body io.Reader, challenges ...string) (string, error) {
	return a.Answer(zreq.AuthRequest{
		Method: "PUT", Origin: "http://device.test", Target: "/x", Body: body,
	}, challenges...)
}

// expected is the response of RFC 7616, 3.4.1 and 3.4.3 for the body of the first
// request with authInt.
func expected(body string) string {
	h := func(s string) string { return fmt.Sprintf("%x", md5.Sum([]byte(s))) }
	return h(h("u:r:p") + ":n:00000001:c:auth-int:" + h("PUT:/x:"+h(body)))
}

func TestBodyIsHashed(t *testing.T) {
	at := func(body string, offset int64) io.Reader {
		r := strings.NewReader(body)
		_, _ = r.Seek(offset, io.SeekStart)
		return r
	}
	raw := form.Bytes([]byte("hello"), "")
	_, _ = raw.Read(make([]byte, 3))
	for name, tt := range map[string]struct {
		body io.Reader
		want string
	}{
		"none":                 {nil, ""},
		"an empty one":         {strings.NewReader(""), ""},
		"a Seeker":             {strings.NewReader("hello"), "hello"},
		"one that has begun":   {at("hello", 2), "llo"},
		"one that is over":     {at("hello", 5), ""},
		"a section of a file":  {io.NewSectionReader(strings.NewReader("hello"), 1, 3), "ell"},
		"a body of a form":     {form.Values{{"a", "b c"}}.Body(), "a=b+c"},
		"one that rewinds":     {raw, "hello"}, // it is sent from its beginning
		"longer than a buffer": {strings.NewReader(strings.Repeat("hello", 5000)), strings.Repeat("hello", 5000)},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			a := digest.New("u", "p")
			a.FixCnonce("c")
			got, err := askBody(a, tt.body, authInt)
			is.NoErr(err)
			is.Equal(paramsOf(got)["response"].value, expected(tt.want)) // its bytes count
			if tt.body != nil {
				left, err := io.ReadAll(tt.body)
				is.NoErr(err)
				is.Equal(string(left), tt.want) // and can still be sent
			}
		})
	}
}

// broken is a body with faults.
type broken struct {
	io.Reader
	rewinds int // that succeed
	err     error
}

func (b *broken) Rewind() error {
	if b.rewinds--; b.rewinds < 0 {
		return b.err
	}
	return nil
}

// lost is a file whose place cannot be told.
type lost struct{ io.Reader }

var errLost = errors.New("lost")

func (lost) Seek(int64, int) (int64, error) { return 0, errLost }

// impossible is the count of a body that lies.
type impossible int

func (n impossible) Read([]byte) (int, error) { return int(n), nil }

// nothing is a body that gives nothing, and no end.
type nothing struct{ io.Seeker }

func (nothing) Read([]byte) (int, error) { return 0, nil }

func TestBodyFails(t *testing.T) {
	errRead, errRewind := errors.New("read"), errors.New("rewind")
	for name, tt := range map[string]struct {
		body io.Reader
		want error
	}{
		"can be read once":       {once("x"), digest.ErrBody},
		"cannot be read":         {&broken{iotest.ErrReader(errRead), 9, errRewind}, errRead},
		"cannot be rewound":      {&broken{strings.NewReader("x"), 0, errRewind}, errRewind},
		"cannot be rewound then": {&broken{strings.NewReader("x"), 1, errRewind}, errRewind},
		"has no place":           {lost{strings.NewReader("x")}, digest.ErrBody},
		"gives more than fits":   {&broken{impossible(5000), 9, errRewind}, digest.ErrCount},
		"gives less than none":   {&broken{impossible(-1), 9, errRewind}, digest.ErrCount},
		"gives nothing":          {nothing{strings.NewReader("")}, io.ErrNoProgress},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			a := digest.New("u", "p")
			got, err := askBody(a, tt.body, authInt)
			is.Equal(got, "")                // no credentials beside an error
			is.True(errors.Is(err, tt.want)) // nothing goes out with a body that is not known
			if _, err = askBody(a, nil, authInt); err != nil {
				t.Fatal(err)
			}
			if tt.want == digest.ErrBody {
				_, err = askBody(a, once("x"))
				is.True(errors.Is(err, digest.ErrBody)) // also in a first request, before it is sent in vain
				got, err = askBody(a, once("x"))
				is.NoErr(err)
				is.Equal(got, "") // but the server is asked again whether that is so
				got, err = askBody(a, nil, authInt)
				is.NoErr(err)
				is.Equal(paramsOf(got)["nc"].value, "00000002") // and no count is said again
			}
		})
	}
}

// A call that ended before it was sent may be made again with the same body.
func TestBodyThatFailsGoesBack(t *testing.T) {
	for name, kind := range map[string]func(r io.ReadSeeker) io.Reader{
		"by Seek": func(r io.ReadSeeker) io.Reader { return &seeking{r, iotest.TimeoutReader(iotest.OneByteReader(r))} },
		"by Rewind": func(r io.ReadSeeker) io.Reader {
			return &rewinding{seeking{r, iotest.TimeoutReader(iotest.OneByteReader(r))}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			text := strings.NewReader("hello")
			_, err := askBody(digest.New("u", "p"), kind(text), authInt)
			is.True(errors.Is(err, iotest.ErrTimeout)) // it failed in the middle
			is.Equal(text.Len(), len("hello"))         // and is as it was before
		})
	}
}

// seeking reads in another way than it seeks.
type seeking struct {
	io.Seeker
	io.Reader
}

// rewinding is seeking that rewinds.
type rewinding struct{ seeking }

func (r *rewinding) Rewind() error {
	_, err := r.Seek(0, io.SeekStart)
	return err
}

// A file that is a pipe has a Seek, which does nothing.
func TestBodyThatOnlyLooksAsIf(t *testing.T) {
	is := is.New(t)
	a := digest.New("u", "p")
	a.Integrity = true
	got, err := askBody(a, lost{strings.NewReader("x")}, old+`, qop="auth,auth-int"`)
	is.NoErr(err)
	is.Equal(paramsOf(got)["qop"].value, "auth") // is answered for like one without
	got, err = askBody(a, lost{strings.NewReader("x")})
	is.NoErr(err)
	is.Equal(paramsOf(got)["qop"].value, "auth") // from then on, too
}

func TestBodyIsTheObstacle(t *testing.T) {
	is := is.New(t)
	a := digest.New("u", "p")
	_, err := askBody(a, once("x"), old+", algorithm=SHA-1", authInt, old+`, qop="x"`)
	is.True(errors.Is(err, digest.ErrBody)) // another body would do
	got, err := askBody(a, once("x"), old+", algorithm=SHA-1")
	is.NoErr(err)
	is.Equal(got, "") // none would
}

func TestBodyComesInAnyWay(t *testing.T) {
	is := is.New(t)
	text := strings.Repeat("hello", 3000)
	for _, r := range []io.Reader{
		iotest.OneByteReader(strings.NewReader(text)), iotest.DataErrReader(strings.NewReader(text)), iotest.HalfReader(strings.NewReader(text)),
	} {
		a := digest.New("u", "p")
		a.FixCnonce("c")
		got, err := askBody(a, &broken{Reader: r, rewinds: 9}, authInt)
		is.NoErr(err)
		is.Equal(paramsOf(got)["response"].value, expected(text)) // however it is cut
	}
}

func TestBodyIsNotHeld(t *testing.T) {
	is := is.New(t)
	a, body := digest.New("u", "p"), bytes.NewReader(make([]byte, 8<<20))
	_, allocated := zreqtest.Allocs(func() {
		_, err := askBody(a, body, authInt)
		is.NoErr(err)
	})
	is.True(allocated < 64<<10) // memory does not depend on its length
}
