package gzip_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq"
	coded "github.com/zreq-go/zreq/zreq/gzip"
)

const text = "a firmware image, a firmware image and another firmware image"

// body is one that must be taken.
type body struct {
	coding zreq.Coding
	in     string
	want   string
}

// bodies are of both codings, in all forms that they are sent in.
var bodies = map[string]body{
	"gzip":                          {coded.Gzip, gzipped(-1, text), text},
	"gzip, fast":                    {coded.Gzip, gzipped(1, text), text},
	"gzip, best":                    {coded.Gzip, gzipped(9, text), text},
	"gzip, stored":                  {coded.Gzip, gzipped(0, text), text},
	"gzip, symbols alone":           {coded.Gzip, gzipped(-2, text), text},
	"gzip of nothing":               {coded.Gzip, gzipped(-1, ""), ""},
	"gzip of a byte":                {coded.Gzip, gzipped(-1, "x"), "x"},
	"gzip, flushed":                 {coded.Gzip, gzipped(-1, "one", "", "two", text), "onetwo" + text},
	"gzip, members":                 {coded.Gzip, gzipped(-1, "one") + gzipped(0, "two") + gzipped(9, text), "onetwo" + text},
	"gzip, members without data":    {coded.Gzip, gzipped(-1, "") + gzipped(-1, "one") + gzipped(-1, "") + gzipped(-1, "") + gzipped(0, "two"), "onetwo"},
	"gzip, nothing but empty ones":  {coded.Gzip, gzipped(-1, "") + gzipped(-1, ""), ""},
	"gzip, a name":                  {coded.Gzip, titled("", "firmware.bin", "", false, text), text},
	"gzip, a name and its checksum": {coded.Gzip, titled("", "firmware.bin", "", true, text), text},
	"gzip, all fields":              {coded.Gzip, titled("extra", "firmware.bin", "of today", true, text), text},
	"gzip, all fields twice":        {coded.Gzip, strings.Repeat(titled("extra", "firmware.bin", "of today", true, text), 2), text + text},
	"gzip, only a checksum":         {coded.Gzip, titled("", "", "", true, text), text},
	"gzip, only an extra field":     {coded.Gzip, titled("extra", "", "", true, text), text},
	"gzip, only a comment":          {coded.Gzip, titled("", "", "of today", true, text), text},
	"gzip, long fields":             {coded.Gzip, titled(strings.Repeat("e", 65_535), strings.Repeat("n", 5000), strings.Repeat("c", 5000), true, text), text},
	"deflate":                       {coded.Deflate, zlibbed(-1, text), text},
	"deflate, best":                 {coded.Deflate, zlibbed(9, text), text},
	"deflate, fast":                 {coded.Deflate, zlibbed(1, text), text},
	"deflate, stored":               {coded.Deflate, zlibbed(0, text), text},
	"deflate, flushed":              {coded.Deflate, zlibbed(-1, "one", "two"), "onetwo"},
	"deflate of nothing":            {coded.Deflate, zlibbed(-1, ""), ""},
	"deflate, the smallest window":  {coded.Deflate, "\x08\x1d" + zlibbed(-1, text)[2:], text},
	"bare deflate":                  {coded.Deflate, deflated(-1, text), text},
	"bare deflate, stored":          {coded.Deflate, deflated(0, text), text},
	"bare deflate, flushed":         {coded.Deflate, deflated(-1, "one", "two"), "onetwo"},
	"bare deflate of nothing":       {coded.Deflate, deflated(-1, ""), ""},
	"bare deflate, fixed codes":     {coded.Deflate, "\x4b\x04\x00", "a"},
}

// long are more than a window.
var long = map[string]body{
	"gzip":                 {coded.Gzip, gzipped(-1, far), far},
	"gzip, best":           {coded.Gzip, gzipped(9, far), far},
	"gzip, stored":         {coded.Gzip, gzipped(0, far), far},
	"gzip, symbols alone":  {coded.Gzip, gzipped(-2, far), far},
	"gzip, members":        {coded.Gzip, gzipped(-1, far) + gzipped(1, far), far + far},
	"deflate":              {coded.Deflate, zlibbed(-1, far), far},
	"deflate, stored":      {coded.Deflate, zlibbed(0, far), far},
	"bare deflate":         {coded.Deflate, deflated(9, far), far},
	"bare deflate, stored": {coded.Deflate, deflated(0, far), far},
}

func testDecode(t *testing.T) {
	for name, tt := range bodies {
		t.Run(name, func(t *testing.T) { eachWay(t, tt, 1, 3, 512, 100_000) })
	}
}

func TestDecodeLong(t *testing.T) {
	for name, tt := range long {
		t.Run(name, func(t *testing.T) { eachWay(t, tt, 511, 4096, 1<<20) })
	}
}

func eachWay(t *testing.T, tt body, sizes ...int) {
	t.Helper()
	is := is.New(t)
	for way, open := range ways {
		for _, size := range sizes {
			got, err := decode(tt.coding, open(tt.in), size)
			if err != nil || got != tt.want {
				t.Errorf("%s, in reads of %d bytes: %d bytes, %v", way, size, len(got), err)
			}
			is.NoErr(err)           // a whole body, however it arrives and is read
			is.True(got == tt.want) // becomes what it was
		}
	}
}

// A cut is where a connection ended too early. Between two members nothing
// shows it but the framing of the message.
func TestCut(t *testing.T) {
	for name, tt := range bodies {
		if len(tt.in) > 1000 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			for n := range len(tt.in) {
				got, err := decode(tt.coding, broken(tt.in[:n]), 7)
				is.Equal(err, errBroken)                 // the error of a connection comes back as it is
				is.True(strings.HasPrefix(tt.want, got)) // what came is right as far as it goes
				_, err = decode(tt.coding, strings.NewReader(tt.in[:n]), 7)
				if tt.coding == coded.Gzip && isGzip(tt.in[:n]) {
					is.NoErr(err) // a cut between members
					continue
				}
				is.Equal(err, io.ErrUnexpectedEOF) // io.EOF is for what was seen to its end
			}
		})
	}
}

// failing returns an error beside its last bytes, once.
type failing struct {
	left string
	told bool
}

func (f *failing) Read(p []byte) (int, error) {
	n := copy(p, f.left)
	f.left = f.left[n:]
	if f.left != "" {
		return n, nil
	}
	return n, f.end()
}

func (f *failing) ReadByte() (byte, error) {
	if f.left == "" {
		return 0, f.end()
	}
	c := f.left[0]
	f.left = f.left[1:]
	return c, nil
}

func (f *failing) end() error {
	if f.told {
		return io.EOF
	}
	f.told = true
	return errBroken
}

func TestErrorBesideBytes(t *testing.T) {
	for name, tt := range bodies {
		if len(tt.in) > 1000 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			for n := 1; n <= len(tt.in); n++ {
				for _, r := range []io.Reader{
					&failing{left: tt.in[:n]}, struct{ io.Reader }{&failing{left: tt.in[:n]}},
				} {
					got, err := decode(tt.coding, r, 7)
					is.Equal(err, errBroken)                 // it is not lost
					is.True(strings.HasPrefix(tt.want, got)) // nor are the bytes
				}
			}
		})
	}
}

func TestCutBetweenMembers(t *testing.T) {
	is := is.New(t)
	first := gzipped(-1, "one")
	got, err := decode(coded.Gzip, strings.NewReader(first), 7)
	is.NoErr(err) // the coding cannot tell that another member was to come
	is.Equal(got, "one")
	got, err = decode(coded.Gzip, broken(first), 7)
	is.Equal(err, errBroken) // but it asks whether there is one
	is.Equal(got, "one")
}

// All data is out before more is asked for than the data needs.
func TestReadsNoFurther(t *testing.T) {
	for _, set := range []map[string]body{bodies, long} {
		for name, tt := range set {
			t.Run(name, func(t *testing.T) {
				is := is.New(t)
				in := strings.NewReader(tt.in + "behind")
				got, err := decode(tt.coding, in, 512)
				is.True(errors.Is(err, coded.ErrCorrupt)) // what stands behind the end is refused
				is.True(got == tt.want)                   // but only once the data is out
				is.Equal(in.Len(), len("behind")-1)       // and but for its first byte is not read
			})
		}
	}
}

// noReader is for what goes byte by byte.
type noReader struct{ io.ByteReader }

func (noReader) Read([]byte) (int, error) { return 0, errBroken }

// A Read of one byte costs ten times what a ReadByte does.
func TestReadsBytes(t *testing.T) {
	is := is.New(t)
	got, err := decode(coded.Deflate, noReader{strings.NewReader(bodies["bare deflate, fixed codes"].in)}, 512)
	is.NoErr(err) // only what is stored is read in pieces
	is.Equal(got, "a")
}

func TestNothing(t *testing.T) {
	for name, c := range named {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			_, err := decode(c, strings.NewReader(""), 7)
			is.Equal(err, io.ErrUnexpectedEOF) // no coding makes nothing of nothing
			_, err = decode(c, broken(""), 7)
			is.Equal(err, errBroken)
		})
	}
}

func TestReadAfterTheEnd(t *testing.T) {
	is := is.New(t)
	for _, tt := range []struct {
		in   string
		want error
	}{
		{gzipped(-1, text), io.EOF},
		{gzipped(-1, text)[:20], io.ErrUnexpectedEOF},
		{gzipped(-1, text) + "xx", coded.ErrCorrupt},
	} {
		rc, err := coded.Gzip.Decode(strings.NewReader(tt.in))
		is.NoErr(err) // Decode reads nothing
		n, err := rc.Read(nil)
		is.NoErr(err) // nor does an empty Read
		is.Equal(n, 0)
		_, err = io.Copy(io.Discard, struct{ io.Reader }{rc})
		is.True(err == nil || errors.Is(err, tt.want))
		for range 3 {
			n, err = rc.Read(make([]byte, 10))
			is.Equal(n, 0)
			is.True(errors.Is(err, tt.want)) // an end is an end, an error an error
		}
		is.NoErr(rc.Close())
	}
}

// Data that was flushed is out before the next is there.
func TestReadsWhatIsThere(t *testing.T) {
	is := is.New(t)
	whole := gzipped(-1, "one", "two")
	first := bytes.Index([]byte(whole), []byte("\x00\x00\xff\xff")) + 4
	r, w := io.Pipe()
	go func() {
		_, _ = io.WriteString(w, whole[:first])
	}()
	rc, err := coded.Gzip.Decode(r)
	is.NoErr(err)
	p := make([]byte, 100)
	n, err := rc.Read(p)
	is.NoErr(err)
	is.Equal(string(p[:n]), "one") // without waiting for more
	go func() {
		_, _ = io.WriteString(w, whole[first:])
		_ = w.Close()
	}()
	rest, err := io.ReadAll(rc)
	is.NoErr(err)
	is.Equal(string(rest), "two")
	is.NoErr(rc.Close())
}
