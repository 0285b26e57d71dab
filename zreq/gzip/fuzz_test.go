package gzip_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq"
	coded "github.com/zreq-go/zreq/zreq/gzip"
)

// FuzzDecode: however a body arrives, it becomes what the standard library makes
// of it, and what that refuses is refused.
func FuzzDecode(f *testing.F) {
	for _, tt := range bodies {
		if len(tt.in) < 1000 {
			f.Add(tt.coding == coded.Gzip, []byte(tt.in), byte(7))
			f.Add(tt.coding == coded.Gzip, []byte(tt.in[:len(tt.in)/2]), byte(0))
		}
	}
	f.Add(false, []byte(otherCodes), byte(1))
	f.Fuzz(func(t *testing.T, isGzip bool, in []byte, size byte) {
		c := coded.Deflate
		if isGzip {
			c = coded.Gzip
		}
		agree(t, c, in, 1+int(size))
	})
}

// agree fails the test unless in becomes what the standard library makes of it,
// or is refused by both.
func agree(t *testing.T, c zreq.Coding, in []byte, size int) {
	t.Helper()
	want, refused := standard(c, in)
	for way, open := range ways {
		got, err := decode(c, open(string(in)), size)
		switch {
		case refused == nil && reserved(in) && errors.Is(err, coded.ErrCorrupt):
		case refused == nil && (err != nil || got != want):
			t.Fatalf("%s: %q became %q, %v; the standard library says %q", way, in, got, err, want)
		case refused != nil && err == nil && !lenient(c, in, refused):
			t.Fatalf("%s: %q became %q; the standard library: %v", way, in, got, refused)
		case err != nil && err != io.ErrUnexpectedEOF && !errors.Is(err, coded.ErrCorrupt):
			t.Fatalf("%s: %q: %v", way, in, err)
		}
	}
}

// Every bit of a block has a meaning. What it means when it is another, the
// standard library knows.
func TestFlipsOfDeflate(t *testing.T) {
	fixed, dynamic := deflated(-1, text), deflated(-2, skewed)
	for _, in := range []string{
		fixed, dynamic, deflated(9, skewed+skewed[:40]), deflated(0, text), deflated(-1, "one", "two"), otherCodes,
	} {
		for i := range 8 * len(in) {
			agree(t, coded.Deflate, []byte(with(in, i/8, in[i/8]^1<<(i%8))), 512)
		}
	}
}

// skewed is text whose letters are more and less frequent, as codes of all
// lengths like it.
var skewed = func() string {
	var b strings.Builder
	for i, n := 0, 1; i < 12; i, n = i+1, n*3/2+1 {
		b.WriteString(strings.Repeat(string(rune('a'+i)), n))
	}
	shuffled := []byte(b.String())
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	return string(shuffled)
}()

// reserved reports whether in has what may be a header with a reserved flag, which
// the standard library does not look at.
func reserved(in []byte) bool {
	for {
		_, flags, found := bytes.Cut(in, []byte("\x1f\x8b\x08"))
		if !found || len(flags) > 0 && flags[0]&0xe0 != 0 {
			return found
		}
		in = flags
	}
}

// lenient reports whether in may be taken though the standard library refuses it:
// for the length of a name, or when no checksum is there to see what otherCodes is.
func lenient(c zreq.Coding, in []byte, refused error) bool {
	return bare(c, in) || refused == gzip.ErrHeader && len(in) > 512
}

// otherCodes is a block with a code for distances and one without, where there is
// a distance nevertheless. Our decompressor takes the code of the first for it.
const otherCodes = "\x0c\xc0\x01\x09\x00\x00\x00\x80\xa0\xad\xfe\x3f\x51\x5a" +
	"\x0d\xc0\x01\x09\x00\x00\x00\x80\xa0\xad\xfe\x3f\x51\x58"

func TestOtherCodes(t *testing.T) {
	is := is.New(t)
	const head, sum = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", "\x01\x02\x03\x04\x08\x00\x00\x00"
	_, err := decode(coded.Gzip, strings.NewReader(head+otherCodes+sum), 7)
	is.True(errors.Is(err, coded.ErrCorrupt)) // what the decompressor lets pass, the checksum does not
	_, err = decode(coded.Deflate, strings.NewReader("\x78\x9c"+otherCodes+"\x01\x02\x03\x04"), 7)
	is.True(errors.Is(err, coded.ErrCorrupt))
}

// bare reports whether in is deflate without zlib around it.
func bare(c zreq.Coding, in []byte) bool { return c == coded.Deflate && len(in) > 0 && in[0]&0x0f != 8 }

// standard is what the standard library makes of all of in.
func standard(c zreq.Coding, in []byte) (string, error) {
	left := bytes.NewReader(in)
	var r io.Reader
	var err error
	switch {
	case c == coded.Gzip:
		r, err = gzip.NewReader(left)
	case bare(c, in):
		r = flate.NewReader(left)
	default:
		r, err = zlib.NewReader(left)
	}
	if err != nil {
		return "", err
	}
	all, err := io.ReadAll(r)
	if err == nil && left.Len() > 0 {
		err = errors.New("bytes behind the end")
	}
	return string(all), err
}
