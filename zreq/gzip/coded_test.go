package gzip_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"strings"
	"testing/iotest"

	"github.com/zreq-go/zreq/zreq"
	coded "github.com/zreq-go/zreq/zreq/gzip"
)

// encoder is one of the standard library's, which also judge what is accepted.
type encoder interface {
	io.WriteCloser
	Flush() error
}

// written is what an encoder makes of parts, with a flush between them.
func written(open func(io.Writer) (encoder, error), parts ...string) string {
	var b bytes.Buffer
	w, err := open(&b)
	if err != nil {
		panic(err)
	}
	for i, part := range parts {
		if i > 0 {
			_ = w.Flush()
		}
		_, _ = io.WriteString(w, part)
	}
	_ = w.Close()
	return b.String()
}

func gzipped(level int, parts ...string) string {
	return written(func(w io.Writer) (encoder, error) { return gzip.NewWriterLevel(w, level) }, parts...)
}

func zlibbed(level int, parts ...string) string {
	return written(func(w io.Writer) (encoder, error) { return zlib.NewWriterLevel(w, level) }, parts...)
}

func deflated(level int, parts ...string) string {
	return written(func(w io.Writer) (encoder, error) { return flate.NewWriter(w, level) }, parts...)
}

// titled is gzip with the fields of a header, and its checksum if sum says so.
func titled(extra, name, comment string, sum bool, data string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Name, w.Comment = name, comment
	if extra != "" {
		w.Extra = []byte(extra)
	}
	_, _ = io.WriteString(w, data)
	_ = w.Close()
	if !sum {
		return b.String()
	}
	whole := b.Bytes()
	whole[3] |= 1 << 1
	end := 10
	if extra != "" {
		end += 2 + len(extra)
	}
	for _, s := range []string{name, comment} {
		if s != "" {
			end += len(s) + 1
		}
	}
	crc := crc32.ChecksumIEEE(whole[:end])
	return string(whole[:end]) + string([]byte{byte(crc), byte(crc >> 8)}) + string(whole[end:])
}

// isGzip reports whether the standard library takes s for whole members.
func isGzip(s string) bool {
	r, err := gzip.NewReader(strings.NewReader(s))
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, r)
	return err == nil
}

// noise is n bytes that nothing can make smaller, always the same.
func noise(n int) string {
	p := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(p)
	return string(p)
}

// far is data that repeats what is almost a window away.
var far = func() string {
	once := noise(32_700)
	return once + once + strings.Repeat("x", 70_000) + once
}()

// decode is all that comes of r, in reads of at most size bytes.
func decode(c zreq.Coding, r io.Reader, size int) (string, error) {
	rc, err := c.Decode(r)
	if err != nil {
		return "", err
	}
	defer rc.Close()
	var all strings.Builder
	p := make([]byte, size)
	for {
		n, err := rc.Read(p)
		all.Write(p[:n])
		if err == io.EOF {
			return all.String(), nil
		}
		if err != nil {
			return all.String(), err
		}
	}
}

// ways are how a body may arrive.
var ways = map[string]func(string) io.Reader{
	"whole":             func(s string) io.Reader { return strings.NewReader(s) },
	"by the byte":       func(s string) io.Reader { return iotest.OneByteReader(strings.NewReader(s)) },
	"its end with data": func(s string) io.Reader { return iotest.DataErrReader(strings.NewReader(s)) },
	"with pauses":       func(s string) io.Reader { return &pausing{r: strings.NewReader(s)} },
}

// pausing returns neither byte nor error before each byte.
type pausing struct {
	r      io.Reader
	paused bool
}

func (p *pausing) Read(b []byte) (int, error) {
	if p.paused = !p.paused; p.paused || len(b) == 0 {
		return 0, nil
	}
	return p.r.Read(b[:1])
}

// errBroken is what a connection says.
var errBroken = errors.New("the connection broke")

// broken is what came of s, and then errBroken.
func broken(s string) io.Reader {
	return io.MultiReader(strings.NewReader(s), iotest.ErrReader(errBroken))
}

// named are both codings.
var named = map[string]zreq.Coding{"gzip": coded.Gzip, "deflate": coded.Deflate}
