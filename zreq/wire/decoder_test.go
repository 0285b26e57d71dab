package wire_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/wire"
)

// EOF has the right answer wherever the input ends.
func TestEOF(t *testing.T) {
	for _, tt := range []struct {
		in    string
		phase string
		err   error
	}{
		{"", "head", wire.ErrTruncated},
		{"HTTP/1.1 200", "head", wire.ErrTruncated},
		{ok + "A: b\r\n", "head", wire.ErrTruncated},
		{"HTTP/1.1 100 x\r\n\r\n", "head", wire.ErrTruncated},
		{ok + "Content-Length: 2\r\n\r\n", "length", wire.ErrTruncated},
		{ok + "Content-Length: 2\r\n\r\nh", "length", wire.ErrTruncated},
		{ok + "Content-Length: 2\r\n\r\nhi", "complete", nil},
		{ok + "Content-Length: 0\r\n\r\n", "complete", nil},
		{ok + "\r\n", "until-close", nil},
		{ok + "\r\nhi", "until-close", nil},
		{chunkedHead, "chunk-size", wire.ErrTruncated},
		{chunkedHead + "2", "chunk-size", wire.ErrTruncated},
		{chunkedHead + "2 ", "chunk-pad", wire.ErrTruncated},
		{chunkedHead + "2;a", "chunk-ext", wire.ErrTruncated},
		{chunkedHead + "2\r", "size-lf", wire.ErrTruncated},
		{chunkedHead + "2\r\n", "chunk-data", wire.ErrTruncated},
		{chunkedHead + "2\r\nh", "chunk-data", wire.ErrTruncated},
		{chunkedHead + "2\r\nhi", "data-cr", wire.ErrTruncated},
		{chunkedHead + "2\r\nhi\r", "data-lf", wire.ErrTruncated},
		{chunkedHead + "0\r\n", "trailers", wire.ErrTruncated},
		{chunkedHead + "0\r\nA: b\r\n", "trailers", wire.ErrTruncated},
		{chunkedHead + "0\r\nA: b\r\n\r\n", "complete", nil},
		{chunkedHead + "0\r\n\r\n", "done", wire.ErrSequence},
		{"SSH", "failed", wire.ErrSequence},
	} {
		t.Run(fmt.Sprintf("%s %q", tt.phase, tt.in), func(t *testing.T) {
			is := is.New(t)
			d := stopped(tt.in)
			is.Equal(d.Phase(), tt.phase) // the input ends there
			ev, err := d.EOF()
			is.Equal(err, tt.err)                        // an end that proves nothing is no success
			is.Equal(ev.Kind == wire.End, tt.err == nil) // the End is said
			is.Equal(d.Phase() == "failed", tt.err == wire.ErrTruncated || tt.phase == "failed")
			_, _, err = d.Next([]byte("0\r\n\r\n"))
			is.Equal(err, wire.ErrSequence) // nothing comes after the end
		})
	}
}

// stopped is a decoder that has been given in and no more, and has had no call
// that it did not need.
func stopped(in string) *wire.Decoder {
	d := new(wire.Decoder)
	d.Reset("GET", wire.Limits{})
	rest := []byte(in)
	for !d.Done() {
		ev, used, err := d.Next(rest)
		rest = rest[used:]
		if err != nil || ev.Kind == wire.NeedMore {
			break
		}
	}
	return d
}

// Misuse gives ErrSequence, changes nothing and never panics.
func TestSequence(t *testing.T) {
	t.Run("before Reset", func(t *testing.T) {
		is := is.New(t)
		var d wire.Decoder
		_, _, err := d.Next([]byte(ok))
		is.Equal(err, wire.ErrSequence)
		_, err = d.EOF()
		is.Equal(err, wire.ErrSequence)
		is.True(!d.Done())
	})
	t.Run("after End", func(t *testing.T) {
		is := is.New(t)
		d := stopped(ok + "Content-Length: 0\r\n\r\n")
		_, _, err := d.Next(nil)
		is.NoErr(err) // says End
		_, used, err := d.Next([]byte(ok))
		is.Equal(err, wire.ErrSequence)
		is.Equal(used, 0)
		is.True(d.Done())
		is.Equal(d.Reuse(), wire.CloseNone) // the verdict stands
	})
	t.Run("after an error", func(t *testing.T) {
		is := is.New(t)
		d := stopped("SSH-2.0")
		_, _, err := d.Next([]byte(ok + "\r\n"))
		is.Equal(err, wire.ErrSequence)
		is.Equal(d.Reuse(), wire.CloseFailed)
	})
	t.Run("less input than before", func(t *testing.T) {
		is := is.New(t)
		d := stopped(ok + "A: b\r\nConnection: close\r\n")
		_, _, err := d.Next([]byte(ok))
		is.Equal(err, wire.ErrSequence)
		is.Equal(d.Phase(), "failed")
	})
	t.Run("other input than before", func(t *testing.T) {
		is := is.New(t)
		d := stopped(ok + "Content-Length: 5\r\n")
		_, _, err := d.Next([]byte(strings.Repeat("\n", 60)))
		is.True(err != nil) // what it is depends on what stands there now
	})
	t.Run("Reset goes on", func(t *testing.T) {
		is := is.New(t)
		for _, in := range []string{"SSH", ok, ok + "Content-Length: 2\r\nConnection: close\r\n\r\nh", chunkedHead + "1", chunkedHead + "0\r\nA: b\r\n"} {
			d := stopped(in)
			d.Reset("GET", wire.Limits{})
			ev, _, err := d.Next([]byte(ok + "Content-Length: 0\r\n\r\n"))
			is.NoErr(err)
			is.Equal(ev.Kind, wire.Head)
			is.Equal(d.Reuse(), wire.CloseNone) // nothing of the response before is left
		}
	})
}

// A call with nothing new changes nothing, wherever it comes.
func TestNextWithoutInput(t *testing.T) {
	is := is.New(t)
	const in = "HTTP/1.1 103 x\r\nA: b\r\n\r\n" + chunkedHead + "2;a\r\nhi\r\n0\r\nA: b\r\n\r\n"
	var d wire.Decoder
	d.Reset("GET", wire.Limits{})
	used := 0
	for i := range len(in) {
		for range 2 {
			if d.Done() {
				return
			}
			ev, n, err := d.Next([]byte(in[used:i]))
			is.NoErr(err)
			if ev.Kind == wire.NeedMore {
				_, again, err := d.Next([]byte(in[used+n : i]))
				is.NoErr(err)
				is.Equal(again, 0)
			}
			used += n
		}
	}
}

// What is expected is body and nothing but body, so that it can be read past the
// buffer.
func TestExpect(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want int64
		done bool
	}{
		{"", 0, false},
		{ok, 0, false},
		{ok + "\r\n", math.MaxInt64, false},
		{ok + "\r\nhello", math.MaxInt64, false},
		{ok + "Content-Length: 5\r\n\r\n", 5, false},
		{ok + "Content-Length: 5\r\n\r\nhel", 2, false},
		{ok + "Content-Length: 5\r\n\r\nhello", 0, true},
		{ok + "Content-Length: 0\r\n\r\n", 0, true},
		{"HTTP/1.1 304 x\r\nContent-Length: 5\r\n\r\n", 0, true},
		{chunkedHead, 0, false},
		{chunkedHead + "a", 0, false},
		{chunkedHead + "a;b", 0, false},
		{chunkedHead + "a\r\n", 10, false},
		{chunkedHead + "a\r\n0123", 6, false},
		{chunkedHead + "a\r\n0123456789", 0, false},
		{chunkedHead + "a\r\n0123456789\r\n", 0, false},
		{chunkedHead + "0\r\n", 0, false},
		{chunkedHead + "0\r\nA: b\r\n\r\n", 0, true},
		{"SSH", 0, false},
	} {
		t.Run(fmt.Sprintf("%q", tt.in), func(t *testing.T) {
			is := is.New(t)
			d := stopped(tt.in)
			is.Equal(d.Expect(), tt.want) // certain to be body
			is.Equal(d.Done(), tt.done)   // no input is missing
		})
	}
}

// A body is handed over where it lies.
func TestDataAliasesInput(t *testing.T) {
	is := is.New(t)
	for _, head := range []string{"\r\n", "Content-Length: 5\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n5\r\n"} {
		in := []byte(ok + head + "hello")
		d := new(wire.Decoder)
		d.Reset("GET", wire.Limits{})
		_, used, err := d.Next(in)
		is.NoErr(err)
		ev, _, err := d.Next(in[used:])
		is.NoErr(err)
		is.True(&ev.Data[0] == &in[len(in)-5]) // no copy
		is.Equal(len(ev.Data), cap(ev.Data))   // appending to it cannot reach what follows
	}
}

// TestSkip: body that was moved without Next leaves the decoder as if it had seen
// it; what is not certain to be body cannot be skipped.
func TestSkip(t *testing.T) {
	for name, tt := range map[string]struct {
		in   string // up to where body is certain
		n    int64
		then string
		data string // what Next still gives
		err  error
	}{
		"a part of a length":   {ok + "Content-Length: 5\r\n\r\n", 3, "lo", "lo", nil},
		"all of a length":      {ok + "Content-Length: 5\r\n\r\n", 5, "", "", nil},
		"nothing":              {ok + "Content-Length: 5\r\n\r\n", 0, "hello", "hello", nil},
		"all of a chunk":       {chunkedHead + "5\r\n", 5, "\r\n2\r\nhi\r\n0\r\n\r\n", "hi", nil},
		"until close":          {ok + "\r\n", 1 << 40, "hi", "hi", nil},
		"more than a length":   {ok + "Content-Length: 5\r\n\r\n", 6, "", "", wire.ErrSequence},
		"more than a chunk":    {chunkedHead + "5\r\n", 6, "", "", wire.ErrSequence},
		"less than nothing":    {ok + "Content-Length: 5\r\n\r\n", -1, "", "", wire.ErrSequence},
		"behind the end":       {ok + "Content-Length: 0\r\n\r\n", 1, "", "", wire.ErrSequence},
		"in a chunk-size line": {chunkedHead, 1, "", "", wire.ErrSequence},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			var d wire.Decoder
			d.Reset("GET", wire.Limits{})
			data := func(in string) (got string, ended bool) {
				for {
					ev, used, err := d.Next([]byte(in))
					is.NoErr(err)
					in = in[used:]
					switch ev.Kind {
					case wire.Data:
						got += string(ev.Data)
					case wire.End:
						return got, true
					case wire.NeedMore:
						is.Equal(in, "") // all was used
						return got, false
					}
				}
			}
			if !strings.Contains(tt.in, "Length: 0") { // of which Next would say the end
				_, _ = data(tt.in)
			}
			err := d.Skip(tt.n)
			is.Equal(err, tt.err)
			if tt.err != nil {
				return
			}
			got, ended := data(tt.then)
			is.Equal(got, tt.data)
			is.Equal(ended, name != "until close") // whose end is that of the input
		})
	}
}
