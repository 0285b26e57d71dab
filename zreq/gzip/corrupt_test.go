package gzip_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq"
	coded "github.com/zreq-go/zreq/zreq/gzip"
)

// with is s, but for the byte at i, which is c; from the end if i is negative.
func with(s string, i int, c byte) string {
	p := []byte(s)
	if i < 0 {
		i += len(p)
	}
	p[i] = c
	return string(p)
}

func TestCorrupt(t *testing.T) {
	whole, zlibbed, bare := gzipped(-1, text), zlibbed(-1, text), deflated(-1, text)
	headSum := titled("extra", "firmware.bin", "", true, text)
	for name, tt := range map[string]struct {
		coding zreq.Coding
		in     string
		want   string
	}{
		"a page that says it is gzip":  {coded.Gzip, "<html>", "gzip: malformed header"},
		"the second byte":              {coded.Gzip, with(whole, 1, 0x8c), "gzip: malformed header"},
		"another method":               {coded.Gzip, with(whole, 2, 7), "gzip: malformed header"},
		"a reserved flag":              {coded.Gzip, with(whole, 3, 0x20), "gzip: malformed header"},
		"the highest reserved flag":    {coded.Gzip, with(whole, 3, 0x80), "gzip: malformed header"},
		"the checksum of the header":   {coded.Gzip, with(headSum, 4, 1), "gzip: wrong checksum of the header"},
		"an extra field, and its sum":  {coded.Gzip, with(headSum, 12, 'E'), "gzip: wrong checksum of the header"},
		"a name, and its sum":          {coded.Gzip, with(headSum, 18, 'F'), "gzip: wrong checksum of the header"},
		"a reserved kind of block":     {coded.Gzip, with(whole, 10, 7), "gzip: malformed data"},
		"the checksum":                 {coded.Gzip, with(whole, -8, whole[len(whole)-8]+1), "gzip: wrong checksum"},
		"the length":                   {coded.Gzip, with(whole, -1, 1), "gzip: wrong length"},
		"the checksum of a later one":  {coded.Gzip, whole + with(whole, -5, whole[len(whole)-5]+1), "gzip: wrong checksum"},
		"the length of both together":  {coded.Gzip, whole + with(whole, -4, byte(2*len(text))), "gzip: wrong length"},
		"a byte behind":                {coded.Gzip, whole + "x", "gzip: bytes behind the end"},
		"zeros behind":                 {coded.Gzip, whole + strings.Repeat("\x00", 512), "gzip: bytes behind the end"},
		"half a header behind":         {coded.Gzip, whole + "\x1f\x8b\x09\x00\x00\x00\x00\x00\x00\x00", "gzip: malformed header"},
		"zlib for gzip":                {coded.Gzip, zlibbed, "gzip: malformed header"},
		"gzip for deflate":             {coded.Deflate, whole, "deflate: malformed data"},
		"zlib, its check bits":         {coded.Deflate, with(zlibbed, 1, 0x9d), "deflate: malformed header"},
		"zlib, too large a window":     {coded.Deflate, "\x88\x1c" + zlibbed[2:], "deflate: malformed header"},
		"zlib, a dictionary":           {coded.Deflate, "\x78\xbb\x00\x00\x00\x01" + zlibbed[2:], "deflate: made with a dictionary that nobody sent"},
		"zlib, its checksum":           {coded.Deflate, with(zlibbed, -1, zlibbed[len(zlibbed)-1]+1), "deflate: wrong checksum"},
		"zlib, a reserved kind":        {coded.Deflate, with(zlibbed, 2, 7), "deflate: malformed data"},
		"zlib, a byte behind":          {coded.Deflate, zlibbed + "x", "deflate: bytes behind the end"},
		"zlib twice":                   {coded.Deflate, zlibbed + zlibbed, "deflate: bytes behind the end"},
		"bare deflate, a byte behind":  {coded.Deflate, bare + "x", "deflate: bytes behind the end"},
		"bare deflate twice":           {coded.Deflate, bare + bare, "deflate: bytes behind the end"},
		"a page that says it deflates": {coded.Deflate, "<html>", "deflate: malformed data"},
		"what is stored, its length":   {coded.Deflate, "\x01\x01\x00\xff\xffa", "deflate: malformed data"},
		"what lies before the window":  {coded.Deflate, "\x4b\x04\x22\x00", "deflate: malformed data"},
		"a distance nobody has":        {coded.Deflate, "\x00\xff\xff\x00\x00" + noise(65_535) + "\x4b\x04\x3e\x00\x00\x00", "deflate: malformed data"},
		"too many codes":               {coded.Deflate, "\xf5\x00\x00", "deflate: malformed data"},
		"too many codes of distances":  {coded.Deflate, "\x05\x1e\x00", "deflate: malformed data"},
		"a length repeated too early":  {coded.Deflate, "\x05\x00\x02\x24", "deflate: malformed data"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			for _, open := range ways {
				_, err := decode(tt.coding, open(tt.in), 7)
				is.True(errors.Is(err, coded.ErrCorrupt)) // what its coding does not make
				is.Equal(err.Error(), tt.want)            // which coding, and what is wrong
			}
		})
	}
}

// A flipped bit is either seen or makes no difference. Bare deflate has no
// checksum, and is not promised anything.
func TestFlips(t *testing.T) {
	for name, tt := range bodies {
		if len(tt.in) > 1000 || strings.HasPrefix(name, "bare") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			for i := range 8 * len(tt.in) {
				flipped := with(tt.in, i/8, tt.in[i/8]^1<<(i%8))
				got, err := decode(tt.coding, strings.NewReader(flipped), 7)
				is.True(err != nil || got == tt.want)                                                 // io.EOF is for what is right
				is.True(err == nil || err == io.ErrUnexpectedEOF || errors.Is(err, coded.ErrCorrupt)) // and one of two errors for what is not
			}
		})
	}
}

// endless is a head and then parts without end, and counts what is read.
type endless struct {
	head, part string
	read       int
}

func (e *endless) ReadByte() (byte, error) {
	i := e.read
	e.read++
	if i < len(e.head) {
		return e.head[i], nil
	}
	return e.part[(i-len(e.head))%len(e.part)], nil
}

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i], _ = e.ReadByte()
	}
	return len(p), nil
}

// What has no end and no data must have an end, or a call would have none.
func TestFruitless(t *testing.T) {
	const named, commented = "\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xff", "\x1f\x8b\x08\x10\x00\x00\x00\x00\x00\xff"
	plain := gzipped(-1, "")[:10]
	for name, tt := range map[string]struct {
		coding     zreq.Coding
		head, part string
		want       string
		text       string
	}{
		"a name":                {coded.Gzip, named, "n", "gzip: a mebibyte without a byte of data", ""},
		"a comment":             {coded.Gzip, commented, "c", "gzip: a mebibyte without a byte of data", ""},
		"members":               {coded.Gzip, "", gzipped(-1, ""), "gzip: a mebibyte without a byte of data", ""},
		"members after data":    {coded.Gzip, gzipped(-1, text), gzipped(-1, ""), "gzip: a mebibyte without a byte of data", text},
		"stored blocks":         {coded.Gzip, plain, "\x00\x00\x00\xff\xff", "gzip: a mebibyte without a byte of data", ""},
		"stored blocks in zlib": {coded.Deflate, "\x78\x9c", "\x00\x00\x00\xff\xff", "deflate: a mebibyte without a byte of data", ""},
		"blocks of fixed codes": {coded.Deflate, "", "\x02\x08\x20\x80\x00", "deflate: a mebibyte without a byte of data", ""},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			in := &endless{head: tt.head, part: tt.part}
			got, err := decode(tt.coding, in, 4096)
			is.True(errors.Is(err, coded.ErrCorrupt))                 // no encoder makes so much of nothing
			is.Equal(err.Error(), tt.want)                            // which coding
			is.Equal(got, tt.text)                                    // what came before is out
			is.True(in.read <= len(tt.head)+coded.MaxFruitless+65536) // and the limit was kept
			_, err = decode(tt.coding, struct{ io.Reader }{&endless{head: tt.head, part: tt.part}}, 4096)
			is.True(errors.Is(err, coded.ErrCorrupt)) // also without ReadByte
		})
	}
}

// The limit is for what gives nothing: data begins it anew.
func TestFruitful(t *testing.T) {
	is := is.New(t)
	member := titled("", strings.Repeat("n", coded.MaxFruitless-100), "", false, "x")
	got, err := decode(coded.Gzip, strings.NewReader(strings.Repeat(member, 3)), 512)
	is.NoErr(err) // three mebibytes, but none of them without data
	is.Equal(got, "xxx")
}

// idle returns neither byte nor error.
type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }

func TestNoProgress(t *testing.T) {
	for name, tt := range bodies {
		if len(tt.in) > 1000 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			for n := range len(tt.in) {
				r := io.MultiReader(strings.NewReader(tt.in[:n]), idle{})
				_, err := decode(tt.coding, r, 7)
				is.Equal(err, io.ErrNoProgress) // a reader that does nothing is given up
			}
		})
	}
}
