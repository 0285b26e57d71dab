package exchange_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http/httputil"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/internal/exchange"
	"github.com/zreq-go/zreq/zreq/internal/line"
)

// ofBody is what was sent behind the head, as the peer understands it.
func (r *rig) ofBody(is *is.I) string {
	is.Helper()
	_, body, _ := strings.Cut(r.sent.String(), "\r\n\r\n")
	if !r.body.Chunked() {
		return body
	}
	p, err := io.ReadAll(httputil.NewChunkedReader(strings.NewReader(body)))
	is.NoErr(err)
	is.True(strings.HasSuffix(body, "0\r\n\r\n")) // and it ends there
	return string(p)
}

// TestBodies: whatever its Reader gives at a time, a body arrives as it is, in either framing.
func TestBodies(t *testing.T) {
	readers := map[string]func(io.Reader) io.Reader{
		"as it likes": func(r io.Reader) io.Reader { return r }, "one by one": iotest.OneByteReader,
		"halves": iotest.HalfReader, "the end with the last": iotest.DataErrReader,
	}
	for name, reader := range readers {
		for _, size := range []int{0, 1, 2, 900, 1000, 20_000} {
			for _, framing := range []string{"sized", "chunked"} {
				for _, ready := range []bool{false, true} {
					is := is.New(t)
					r := newRig(t, limits())
					n := int64(size)
					if framing == "chunked" {
						n = -1
					}
					r.request("POST", "", onlyReader{reader(strings.NewReader(numbers(size)))}, n, ready)
					is.True(r.body.Exists() && r.body.Size() == n && r.body.Reader() != nil)
					r.attach(false)
					steps, err := r.send(context.Background())
					is.NoErr(err)
					is.Equal(steps, "SentHead Sent ")
					if r.ofBody(is) != numbers(size) {
						t.Errorf("%s, %s, %d bytes: another body", name, framing, size)
					}
				}
			}
		}
	}
}

// TestBadBody: a body that is not as long as it said, or cannot be read, is an error of its
// own, and the peer never holds a request that looks whole.
func TestBadBody(t *testing.T) {
	failed := errors.New("the disk has gone")
	for name, tt := range map[string]struct {
		reader func() io.Reader
		size   int64
		want   string
	}{
		"longer":              {func() io.Reader { return strings.NewReader("abcdef") }, 5, "it said 5 bytes and gave more"},
		"longer, much":        {func() io.Reader { return strings.NewReader(numbers(9000)) }, 8000, "it said 8000 bytes and gave more"},
		"longer than none":    {func() io.Reader { return strings.NewReader("a") }, 0, "it said 0 bytes and gave more"},
		"shorter":             {func() io.Reader { return strings.NewReader("abc") }, 5, "it said 5 bytes and gave 3"},
		"shorter, much":       {func() io.Reader { return strings.NewReader(numbers(8000)) }, 9000, "it said 9000 bytes and gave 8000"},
		"shorter, at once":    {func() io.Reader { return iotest.DataErrReader(strings.NewReader("abc")) }, 5, "it said 5 bytes and gave 3"},
		"empty":               {func() io.Reader { return strings.NewReader("") }, 5, "it said 5 bytes and gave 0"},
		"it fails":            {func() io.Reader { return io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(failed)) }, 5, failed.Error()},
		"it fails, chunked":   {func() io.Reader { return io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(failed)) }, -1, failed.Error()},
		"it fails at once":    {func() io.Reader { return iotest.ErrReader(failed) }, 5, failed.Error()},
		"it fails at the end": {func() io.Reader { return io.MultiReader(strings.NewReader("abcde"), iotest.ErrReader(failed)) }, 5, failed.Error()},
		"nothing for ever":    {func() io.Reader { return iotest.ErrReader(nil) }, 5, io.ErrNoProgress.Error()},
		"a bad count":         {func() io.Reader { return badCount{} }, 5, line.ErrBadCount.Error()},
	} {
		for _, ready := range []bool{false, true} {
			t.Run(fmt.Sprint(name, "/", ready), func(t *testing.T) {
				is := is.New(t)
				r := newRig(t, limits(), say{after: "never", text: ok})
				r.request("POST", "", onlyReader{tt.reader()}, tt.size, ready)
				r.attach(false)
				steps, err := r.run(context.Background())
				is.Equal(cause(err), "BadBody: "+tt.want)
				is.Equal(r.reads, 0) // it is nothing that the peer would know
				is.True(!strings.Contains(steps, "Sent "))
				_, sent, _ := strings.Cut(r.sent.String(), "\r\n\r\n")
				is.True(tt.size < 0 && !strings.HasSuffix(sent, "0\r\n\r\n") || int64(len(sent)) < max(1, tt.size))
			})
		}
	}
}

// badCount is a broken body.
type badCount struct{}

func (badCount) Read(p []byte) (int, error) { return len(p) + 1, nil }

// rewinder is a body that begins anew by itself.
type rewinder struct {
	io.Reader
	anew func() error
}

func (r *rewinder) Rewind() error { return r.anew() }

// TestRewind: a body that was read of begins anew where it began, or says that it cannot.
func TestRewind(t *testing.T) {
	const text = "0123456789"
	failed := errors.New("gone")
	for name, tt := range map[string]struct {
		reader func() io.Reader
		want   error
	}{
		"Seeker": {func() io.Reader {
			r := strings.NewReader("skipped" + text)
			_, _ = r.Seek(int64(len("skipped")), io.SeekStart)
			return r
		}, nil},
		"Rewinder": {func() io.Reader {
			r := &rewinder{Reader: strings.NewReader(text)}
			r.anew = func() error { r.Reader = strings.NewReader(text); return nil }
			return r
		}, nil},
		"Rewinder, broken": {func() io.Reader { return &rewinder{strings.NewReader(text), func() error { return failed }} }, failed},
		"neither":          {func() io.Reader { return onlyReader{strings.NewReader(text)} }, exchange.ErrNoRewind},
	} {
		for _, size := range []int64{int64(len(text)), -1} {
			t.Run(fmt.Sprint(name, "/", size), func(t *testing.T) {
				is := is.New(t)
				r := newRig(t, limits())
				var b exchange.Body
				b.Open(tt.reader(), size, true)
				is.NoErr(b.Rewind()) // nothing was read of it
				for round := range 3 {
					r.request("POST", "", nil, 0, false)
					r.body, r.takes = b, nil
					if round == 1 { // it is given up in the middle
						r.takes = func([]byte) (int, error) { return 0, failed }
					}
					r.sent.Reset()
					r.attach(false)
					_, err := r.send(context.Background())
					b = r.body
					if round != 1 {
						is.NoErr(err)
						is.Equal(r.ofBody(is), text)
					}
					err = b.Rewind()
					is.Equal(err, tt.want)
					if err != nil {
						return
					}
				}
			})
		}
	}
	is := is.New(t)
	var none exchange.Body
	is.True(!none.Exists() && none.Reader() == nil)
	is.NoErr(none.Rewind())
}

// A selfSender is a body that can send itself, as a test says.
type selfSender struct {
	*strings.Reader
	send func(c netdriver.Conn, n int64) (int64, bool, error)
}

func (s *selfSender) SendTo(c netdriver.Conn, n int64) (int64, bool, error) { return s.send(c, n) }

// TestSender: a body sends itself up to its last byte, which Read gives: that is how one is
// found out that is longer than it said.
func TestSender(t *testing.T) {
	reset := errors.New("reset")
	text := numbers(600 << 10)
	for name, tt := range map[string]struct {
		n      int64 // that it sends at most at a time
		err    error
		cannot bool
		over   int64 // that it says more than it sent
		wrap   func(*peer) netdriver.Conn
		body   string
		asked  int // how often; -1: it does not matter
		want   string
	}{
		"all at once":       {n: 1 << 30, body: text, asked: 3},
		"a little at once":  {n: 100_000, body: text, asked: 7},
		"longer":            {n: 1 << 30, body: text + "x", asked: 3, want: "BadBody: it said 614400 bytes and gave more"},
		"shorter":           {n: 1 << 30, body: text[1:], asked: 3, want: "BadBody: it said 614400 bytes and gave 614399"},
		"it cannot":         {cannot: true, body: text, asked: -1},
		"a bare driver":     {wrap: bare, body: text, asked: 0},
		"it breaks":         {n: 5, err: reset, body: text, asked: 1, want: "Broken: reset"},
		"too much":          {n: 1 << 30, over: 1 << 20, body: text, asked: 1, want: "Broken: " + line.ErrBadCount.Error()},
		"less than none":    {n: 5, over: -6, body: text, asked: 1, want: "Broken: " + line.ErrBadCount.Error()},
		"nothing, for ever": {n: 0, body: text, asked: line.MaxEmpty + 1, want: "Broken: " + io.ErrNoProgress.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			r := newRig(t, limits())
			if tt.wrap != nil {
				r.wrap = tt.wrap
			}
			s, asked := &selfSender{Reader: strings.NewReader(tt.body)}, 0
			s.send = func(c netdriver.Conn, n int64) (int64, bool, error) {
				if asked++; tt.cannot {
					return 0, false, nil
				}
				is.True(n <= 256<<10) // an answer is looked for between two of them
				p := make([]byte, min(n, tt.n))
				_, _ = io.ReadFull(s.Reader, p)
				_, _ = c.Write(p)
				return int64(len(p)) + tt.over, true, tt.err
			}
			r.request("POST", "", s, int64(len(text)), false)
			r.attach(false)
			_, err := r.send(context.Background())
			is.Equal(cause(err), tt.want)
			if tt.asked >= 0 {
				is.Equal(asked, tt.asked)
			}
			if err == nil {
				is.True(r.ofBody(is) == text)
				is.Equal(r.x.Sent, int64(r.sent.Len()))
				is.NoErr(r.body.Rewind())
				is.Equal(s.Len(), len(text)) // what it sent by itself counts
			}
			if tt.over != 0 {
				is.True(r.x.Sent > 5) // all of it may have left
			}
		})
	}
	// Between two of them an answer is heard, and the deadline is set.
	inBubble(t, "answered", func(t *testing.T) {
		is := is.New(t)
		r := newRig(t, limits(), say{after: "\r\n\r\n", wait: time.Second, text: tooLarge})
		s := &selfSender{Reader: strings.NewReader(text)}
		s.send = func(c netdriver.Conn, _ int64) (int64, bool, error) {
			return 0, true, r.pause(time.Hour) // the peer reads no more
		}
		r.request("POST", "", s, int64(len(text)), false)
		r.attach(false)
		began := time.Now()
		steps, err := r.run(context.Background())
		is.NoErr(err)
		is.Equal(steps, "SentHead 413")
		is.True(time.Since(began) <= time.Second+100*time.Millisecond)
	})
}
