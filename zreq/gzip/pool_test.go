package gzip_test

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"sync"
	"testing"
	"weak"

	"github.com/matryer/is"
	coded "github.com/zreq-go/zreq/zreq/gzip"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// again reads the same body without end of tests.
type again struct {
	strings.Reader
	in string
}

func (a *again) run(t *testing.T, tt body, p []byte) {
	a.Reset(tt.in)
	rc, err := tt.coding.Decode(a)
	if err != nil {
		t.Fatal(err)
	}
	defer rc.Close()
	for n := 0; ; {
		m, err := rc.Read(p)
		n += m
		if err == io.EOF && n == len(tt.want) {
			return
		}
		if err != nil {
			t.Fatal(n, err)
		}
	}
}

func TestAllocations(t *testing.T) {
	if zreqtest.RaceDetector {
		t.Skip("the race detector makes pools forget")
	}
	p := make([]byte, 512)
	for _, set := range []map[string]body{bodies, long} {
		for name, tt := range set {
			t.Run(name, func(t *testing.T) {
				is := is.New(t)
				var in again
				n := testing.AllocsPerRun(20, func() { in.run(t, tt, p) })
				is.Equal(n, 0.0) // a response borrows all it needs, however long it is
			})
		}
	}
}

// A stream that was closed keeps nothing of a response alive.
func TestCloseLetsGo(t *testing.T) {
	for name, c := range named {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			for _, in := range []string{"", gzipped(-1, text), zlibbed(-1, text), deflated(-1, text), gzipped(0, text)[:20]} {
				r := &again{in: in}
				r.Reset(in)
				w := weak.Make(r)
				rc, err := c.Decode(r)
				is.NoErr(err)
				_, _ = io.Copy(io.Discard, rc)
				is.NoErr(rc.Close())
				r = nil
				runtime.GC()
				is.True(w.Value() == nil) // the reader of a body goes with its response
				_, err = rc.Read(make([]byte, 1))
				is.True(err != nil && err != io.EOF) // what is closed has no end to tell of
				runtime.KeepAlive(rc)
			}
		})
	}
}

// What one response left behind must not show in the next one.
func TestReuseAfterErrors(t *testing.T) {
	is := is.New(t)
	for range 3 {
		for _, tt := range bodies {
			for _, bad := range []io.Reader{
				strings.NewReader(tt.in[:len(tt.in)/2]), broken(tt.in), strings.NewReader(tt.in + "behind"),
				strings.NewReader(with(tt.in, len(tt.in)/2, tt.in[len(tt.in)/2]^0x55)),
				idle{},
			} {
				_, _ = decode(tt.coding, bad, 7)
				got, err := decode(tt.coding, strings.NewReader(tt.in), 7)
				is.NoErr(err)          // a good body after a bad one
				is.Equal(got, tt.want) // is read as if it were the first
			}
			rc, err := tt.coding.Decode(strings.NewReader(tt.in))
			is.NoErr(err)
			_, _ = rc.Read(make([]byte, 3))
			is.NoErr(rc.Close()) // as one is that nobody wanted to the end
		}
	}
}

// A body cannot refer to what another one had.
func TestReuseForgets(t *testing.T) {
	is := is.New(t)
	for range 3 {
		secret, err := decode(coded.Deflate, strings.NewReader(deflated(0, far)), 512)
		is.NoErr(err)
		is.True(secret == far)
		got, err := decode(coded.Deflate, strings.NewReader("\x4b\x04\x22\x00"), 512)
		is.True(errors.Is(err, coded.ErrCorrupt)) // there is nothing before the first byte
		is.Equal(got, "a")
	}
}

func TestConcurrently(t *testing.T) {
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for name, tt := range bodies {
				got, err := decode(tt.coding, strings.NewReader(tt.in), 64)
				if err != nil || got != tt.want {
					t.Errorf("%s: %d bytes, %v", name, len(got), err) // each has a stream of its own
				}
			}
		})
	}
	all.Wait()
}
