package chunk_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/internal/chunk"
)

// A feed gives a Chunker a body in every way that there is, and checks what comes out.
type feed struct {
	t      *testing.T
	random *rand.Rand
	size   int
	body   []byte
	given  int      // bytes of body that the Chunker has been given
	got    int      // bytes of body that came out of it
	last   int      // the size of the last chunk
	short  bool     // a chunk was shorter than size
	lent   [][]byte // what Write was given since the last Settle
	copied int      // chunks that did not lie whole in what Write was given
}

func (f *feed) take(p []byte) error {
	switch {
	case len(p) == 0, len(p) > f.size, f.short:
		f.t.Fatalf("a chunk of %d bytes of %d after %d", len(p), f.size, f.got)
	case cap(p) != len(p):
		f.t.Fatalf("the caller can append to a chunk beyond its end")
	case !bytes.Equal(p, f.body[f.got:f.got+len(p)]):
		f.t.Fatalf("other bytes in the chunk at %d", f.got)
	}
	f.short = len(p) < f.size
	f.got, f.last = f.got+len(p), len(p)
	if !f.isLent(p) {
		f.copied++
	}
	return nil
}

func (f *feed) isLent(p []byte) bool {
	for _, view := range f.lent {
		for i := range view {
			if &view[i] == &p[0] {
				return true
			}
		}
	}
	return false
}

// next returns the next bytes of the body, at most n.
func (f *feed) next(n int) []byte {
	n = min(n, len(f.body)-f.given)
	p := bytes.Clone(f.body[f.given : f.given+n])
	f.given += n
	return p
}

// settle ends the validity of what Write was given: it is overwritten, as the window of a
// connection is.
func (f *feed) settle(c *chunk.Chunker) {
	c.Settle()
	for _, view := range f.lent {
		for i := range view {
			view[i] = 0xDB
		}
	}
	f.lent = nil
	f.check(c)
}

// check compares what the Chunker says of itself with the model.
func (f *feed) check(c *chunk.Chunker) {
	f.t.Helper()
	switch {
	case c.Taken() != int64(f.got):
		f.t.Fatalf("%d bytes taken, and it says %d", f.got, c.Taken())
	case !bytes.Equal(c.Last(), f.body[f.got-f.last:f.got]):
		f.t.Fatalf("after %d bytes the last chunk is another one", f.got)
	}
}

// step does one thing that the owner of a Chunker may do.
func (f *feed) step(ctx context.Context, c *chunk.Chunker) error {
	most := 1 + f.random.IntN(3*f.size)
	switch f.random.IntN(4) {
	case 0:
		f.settle(c)
		return nil
	case 1: // what is read goes into the chunk itself
		f.settle(c)
		space := c.Space()
		if len(space) != f.size-(f.given-f.got) {
			f.t.Fatalf("space for %d bytes, and the chunk of %d has %d", len(space), f.size, f.given-f.got)
		}
		return c.Advance(ctx, copy(space, f.next(1+f.random.IntN(len(space)))))
	}
	p := f.next(most)
	f.lent = append(f.lent, p)
	return c.Write(ctx, p)
}

// TestChunker: in whatever pieces a body comes, and wherever their memory ends, what comes
// out is the body in chunks of one size, of which only the last is shorter; and the last one
// is kept.
func TestChunker(t *testing.T) {
	for seed := range uint64(300) {
		f := &feed{t: t, random: rand.New(rand.NewPCG(seed, 14))}
		f.size = []int{1, 2, 7, 64, 512, 700}[f.random.IntN(6)]
		f.body = make([]byte, f.random.IntN(20*f.size))
		for i := range f.body {
			f.body[i] = byte(f.random.Uint32())
		}
		c := chunk.New(f.size, f.take)
		for f.given < len(f.body) {
			if err := f.step(context.Background(), &c); err != nil {
				t.Fatal(err)
			}
			if whole := f.given - f.given%f.size; f.got != whole {
				t.Fatalf("seed %d: %d bytes are in whole chunks, and %d were passed on", seed, whole, f.got)
			}
		}
		if f.random.IntN(2) == 0 {
			f.settle(&c)
		}
		if err := c.Flush(context.Background()); err != nil {
			t.Fatal(err)
		}
		if f.got != len(f.body) {
			t.Fatalf("seed %d: %d bytes of %d came out", seed, f.got, len(f.body))
		}
		f.settle(&c)
		c.Close()
	}
}

// TestChunkerCopiesNothing of chunks that lie whole in what it is given.
func TestChunkerCopiesNothing(t *testing.T) {
	is := is.New(t)
	f := &feed{t: t, size: 10, body: bytes.Repeat([]byte("0123456789"), 10)}
	c := chunk.New(f.size, f.take)
	defer c.Close()
	for _, tt := range []struct{ write, copied int }{{30, 0}, {5, 0}, {25, 1}, {40, 1}} {
		p := f.next(tt.write)
		f.lent = append(f.lent, p)
		is.NoErr(c.Write(context.Background(), p))
		is.Equal(f.copied, tt.copied) // only the one that lies in two pieces
	}
	is.Equal(c.Size(), 10)
	is.NoErr(c.Flush(context.Background()))
	is.Equal(f.got, 100) // a Flush without a rest is no chunk
}

// TestChunkerStops: the error of the callback ends it, and the end of the context does,
// which is told from that. The chunk that was passed on last is known all the same.
func TestChunkerStops(t *testing.T) {
	broken := errors.New("broken")
	// Each way passes on "abcd", which is the second chunk.
	ways := map[string]func(ctx context.Context, c *chunk.Chunker) error{
		"Write": func(ctx context.Context, c *chunk.Chunker) error { return c.Write(ctx, []byte("abcdefghijkl")) },
		"Write of the rest": func(ctx context.Context, c *chunk.Chunker) error {
			return errors.Join(c.Write(ctx, []byte("ab")), c.Write(ctx, []byte("cdefghijkl")))
		},
		"Advance": func(ctx context.Context, c *chunk.Chunker) error { return c.Advance(ctx, copy(c.Space(), "abcd")) },
		"Flush": func(ctx context.Context, c *chunk.Chunker) error {
			return errors.Join(c.Write(ctx, []byte("abc")), c.Flush(ctx))
		},
		"Flush of what was settled": func(ctx context.Context, c *chunk.Chunker) error {
			err := c.Write(ctx, []byte("abc"))
			c.Settle()
			return errors.Join(err, c.Flush(ctx))
		},
	}
	for name, way := range ways {
		for _, want := range []error{broken, chunk.ErrEnded} {
			t.Run(fmt.Sprint(name, "/", want), func(t *testing.T) {
				is := is.New(t)
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				chunks := 0
				c := chunk.New(4, func(p []byte) error {
					switch chunks++; {
					case chunks == 1:
						return nil
					case want == broken:
						return broken
					}
					cancel()
					return nil
				})
				defer c.Close()
				is.NoErr(c.Write(ctx, []byte("0123")))
				is.True(errors.Is(way(ctx, &c), want))
				is.Equal(chunks, 2) // and nothing is passed on afterwards
				c.Settle()
				is.Equal(string(c.Last()[:3]), "abc")
				taken := int64(4)
				if want == chunk.ErrEnded {
					taken += int64(len(c.Last())) // the callback has taken it
				}
				is.Equal(c.Taken(), taken)
			})
		}
	}
}
