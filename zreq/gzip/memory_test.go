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

	"github.com/zreq-go/zreq/zreq"
	coded "github.com/zreq-go/zreq/zreq/gzip"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// Once a body runs, its chunks cost nothing, however many there are.
func TestChunksAllocateNothing(t *testing.T) {
	if zreqtest.RaceDetector {
		t.Skip("the race detector makes pools forget")
	}
	is := is.New(t)
	body := strings.Repeat(far, 8)
	for coding, in := range map[string]string{"gzip": gzipped(-1, body), "deflate": zlibbed(-1, body), "gzip, deflate": zlibbed(-1, gzipped(0, body))} {
		least := ^uint64(0)
		for range 3 { // another goroutine may allocate in one of them
			peer := zreqtest.NewPeer(t, []zreqtest.Step{
				zreqtest.Request(), zreqtest.SendFrom(strings.NewReader(answer(coding, "length", in))),
			})
			var first, last runtime.MemStats
			left := len(body)
			resp, err := zreq.Get(t.Context(), url, &zreq.Args{Driver: peer, Stream: true})
			is.NoErr(err)
			for chunk, err := range resp.Chunks(512) {
				is.NoErr(err)
				if left -= len(chunk); left < 512 {
					runtime.ReadMemStats(&last)
				} else if first.Mallocs == 0 && left < len(body)/2 {
					runtime.ReadMemStats(&first)
				}
			}
			least = min(least, last.Mallocs-first.Mallocs)
		}
		if least > 5 {
			t.Errorf("%s: %d allocations in %d chunks", coding, least, len(body)/2/512)
		}
	}
}

// However a body ends, what it was decoded with is there for the next one.
func TestStreamsComeBack(t *testing.T) {
	if zreqtest.RaceDetector {
		t.Skip("the race detector makes pools forget")
	}
	is := is.New(t)
	whole, long := gzipped(-1, text), gzipped(-1, gzipped(0, far))
	before := coded.Made.Load()
	for range 10 {
		for _, use := range uses {
			for _, a := range []string{
				answer("gzip", "length", whole), answer("gzip", "chunked", whole[:20]), answer("gzip", "length", whole+"x"),
				answer("gzip, gzip", "length", long), answer("deflate, gzip", "length", whole), answer("gzip, br", "length", whole),
			} {
				_, _, _ = use(t, zreq.Args{Driver: serve(t, a), Limits: zreq.Limits{Decoded: 100_000}})
			}
		}
		func() {
			defer func() { _ = recover() }()
			_, _ = writeTo(t, t.Context(), serve(t, answer("gzip", "length", whole)), func([]byte) error { panic("no flash") })
		}()
		resp, err := zreq.Get(t.Context(), url, &zreq.Args{Driver: serve(t, answer("gzip", "length", whole)), Stream: true})
		is.NoErr(err)
		_, _ = resp.Read(make([]byte, 1))
		_ = resp.Close()
	}
	is.True(coded.Made.Load()-before < 50) // of 500: the collector may empty the pool meanwhile
}

func TestDownloadsAtOnce(t *testing.T) {
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 5 {
				for name, use := range uses {
					peer := serve(t, answer("gzip", "chunked", gzipped(-1, text)))
					if got, _, err := use(t, zreq.Args{Driver: peer}); err != nil || got != text {
						t.Errorf("%s: %q, %v", name, got, err) // what is pooled belongs to one call at a time
					}
				}
			}
		})
	}
	all.Wait()
}

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
