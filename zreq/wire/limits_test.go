package wire_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/wire"
)

// Each limit lets through exactly what it says, and one more is refused.
func testLimits(t *testing.T) {
	repeat := strings.Repeat
	for _, tt := range []struct {
		name      string
		limits    wire.Limits
		fits      string
		over      string
		err       error
		certainAt int // how much of over is enough to refuse it; 0: all
	}{
		{
			name:   "head bytes",
			limits: wire.Limits{HeadBytes: 64},
			fits:   ok + "A: " + repeat("a", 64-17-3-4) + "\r\n\r\n",
			over:   ok + "A: " + repeat("a", 64-17-3-3) + "\r\n\r\n",
			err:    wire.ErrHeadTooLarge, certainAt: 64,
		}, {
			name:   "head bytes in the status line",
			limits: wire.Limits{HeadBytes: 64},
			fits:   "HTTP/1.1 200 " + repeat("a", 64-13-4) + "\r\n\r\n",
			over:   "HTTP/1.1 200 " + repeat("a", 64),
			err:    wire.ErrHeadTooLarge, certainAt: 64,
		}, {
			name:   "head bytes in folded lines",
			limits: wire.Limits{HeadBytes: 64},
			fits:   ok + "A: b" + repeat("\r\n ", (64-17-4-4)/3) + "\r\n\r\n",
			over:   ok + "A: b" + repeat("\r\n ", 64),
			err:    wire.ErrHeadTooLarge, certainAt: 64,
		}, {
			name:   "head bytes, counted anew after an informational head",
			limits: wire.Limits{HeadBytes: 30},
			fits:   "HTTP/1.1 103 x\r\nA: bcd\r\n\r\n" + ok + "A: bcd\r\n\r\n",
			over:   "HTTP/1.1 103 x\r\nA: bcd\r\n\r\n" + ok + "A: bcdefgh\r\n\r\n",
			err:    wire.ErrHeadTooLarge,
		}, {
			name:   "fields",
			limits: wire.Limits{Fields: 3},
			fits:   ok + repeat("A: b\r\n", 3) + "\r\n",
			over:   ok + repeat("A: b\r\n", 4) + "\r\n",
			err:    wire.ErrTooManyFields, certainAt: len(ok) + 3*6 + 1,
		}, {
			name:   "fields, folded ones counted once",
			limits: wire.Limits{Fields: 3},
			fits:   ok + repeat("A: b\r\n c\r\n", 3) + "\r\n",
			over:   ok + repeat("A: b\r\n c\r\n", 4) + "\r\n",
			err:    wire.ErrTooManyFields,
		}, {
			name:   "fields of the trailers, counted apart",
			limits: wire.Limits{Fields: 3},
			fits:   chunkedHead + "0\r\n" + repeat("A: b\r\n", 3) + "\r\n",
			over:   chunkedHead + "0\r\n" + repeat("A: b\r\n", 4) + "\r\n",
			err:    wire.ErrTooManyFields,
		}, {
			name:   "informational",
			limits: wire.Limits{Informational: 2},
			fits:   repeat("HTTP/1.1 100 x\r\n\r\n", 2) + ok + "\r\n",
			over:   repeat("HTTP/1.1 100 x\r\n\r\n", 3) + ok + "\r\n",
			err:    wire.ErrTooManyInformational, certainAt: 2*18 + 16,
		}, {
			name:   "chunk line",
			limits: wire.Limits{ChunkLine: 10},
			fits:   chunkedHead + "00000002\r\nhi\r\n0;aaaaaa\r\n\r\n",
			over:   chunkedHead + "000000002\r\nhi\r\n",
			err:    wire.ErrChunkLineTooLong, certainAt: len(chunkedHead) + 10,
		}, {
			name:   "chunk line with an extension",
			limits: wire.Limits{ChunkLine: 10},
			fits:   chunkedHead + "2;aaaaaa\r\nhi\r\n0\r\n\r\n",
			over:   chunkedHead + "2;aaaaaaaaaaaaaaaaaaaaa",
			err:    wire.ErrChunkLineTooLong, certainAt: len(chunkedHead) + 10,
		}, {
			name:   "chunk line with padding",
			limits: wire.Limits{ChunkLine: 10},
			fits:   chunkedHead + "2       \r\nhi\r\n0\r\n\r\n",
			over:   chunkedHead + "2        \r\nhi\r\n0\r\n\r\n",
			err:    wire.ErrChunkLineTooLong, certainAt: len(chunkedHead) + 10,
		}, {
			name:   "trailer bytes",
			limits: wire.Limits{TrailerBytes: 20},
			fits:   chunkedHead + "0\r\nA: " + repeat("a", 20-3-4) + "\r\n\r\n",
			over:   chunkedHead + "0\r\nA: " + repeat("a", 20-3-3) + "\r\n\r\n",
			err:    wire.ErrTrailersTooLarge, certainAt: len(chunkedHead) + 3 + 20,
		}, {
			name:   "trailer bytes without trailers",
			limits: wire.Limits{TrailerBytes: 2},
			fits:   chunkedHead + "0\r\n\r\n",
			over:   chunkedHead + "0\r\nA: b\r\n\r\n",
			err:    wire.ErrTrailersTooLarge,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			is.NoErr(replay(t, exchange{limits: tt.limits, in: tt.fits}).err)         // exactly the limit passes
			is.Equal(replay(t, exchange{limits: tt.limits, in: tt.over}).err, tt.err) // one more does not
			is.True(errors.Is(tt.err, wire.ErrTooLarge))                              // and it is told from malformed
			if at := tt.certainAt; at > 0 {
				is.Equal(replay(t, exchange{limits: tt.limits, in: tt.over[:at]}).err, tt.err) // as soon as it is certain
				is.NoErr(replay(t, exchange{limits: tt.limits, in: tt.over[:at-1]}).err)       // and no earlier
			}
		})
	}
}

// TestExcess: the extensions of a body may be as long as its data, and 16 KiB longer.
func TestExcess(t *testing.T) {
	chunk := func(size, extension int) string {
		return fmt.Sprintf("%x;%s\r\n%s\r\n", size, strings.Repeat("e", extension), strings.Repeat("d", size))
	}
	for name, tt := range map[string]struct {
		in  string
		err error
	}{
		"long extensions of large chunks":  {strings.Repeat(chunk(1000, 1000), 100), nil},
		"short extensions of small chunks": {strings.Repeat(chunk(1, 28), 10_000), nil},
		"long extensions of small chunks":  {strings.Repeat(chunk(1, 1000), 20), wire.ErrTooMuchFraming},
		"data do not pay in advance":       {chunk(100_000, 0) + strings.Repeat(chunk(1, 1000), 20), wire.ErrTooMuchFraming},
	} {
		t.Run(name, func(t *testing.T) {
			in := chunkedHead + tt.in + "0\r\n\r\n"
			cuts := []int{len(in)}
			for at := len(in) - 4<<10; at > 0; at -= 4 << 10 { // for play copies what is left, for each event
				cuts = append(cuts, at)
			}
			slices.Reverse(cuts)
			is.New(t).Equal(play(exchange{in: in}, cuts).err, tt.err)
		})
	}
}

// TestLimitsDefaults: no bound can be switched off.
func TestLimitsDefaults(t *testing.T) {
	is := is.New(t)
	is.Equal(wire.Defaults(), wire.Limits{HeadBytes: 16384, Fields: 128, Informational: 8, ChunkLine: 1024, TrailerBytes: 4096})
	for _, limits := range []wire.Limits{{}, {-1, -1, -1, -1, -1}} {
		for in, err := range map[string]error{
			ok + "A: " + strings.Repeat("a", 16<<10):                           wire.ErrHeadTooLarge,
			ok + strings.Repeat("A: b\r\n", 129):                               wire.ErrTooManyFields,
			strings.Repeat("HTTP/1.1 100 x\r\n\r\n", 9):                        wire.ErrTooManyInformational,
			chunkedHead + "0;" + strings.Repeat("a", 1<<10):                    wire.ErrChunkLineTooLong,
			chunkedHead + "0\r\nA: " + strings.Repeat("a", 4<<10) + "\r\n\r\n": wire.ErrTrailersTooLarge,
		} {
			is.Equal(play(exchange{limits: limits, in: in}, []int{len(in)}).err, err) // zero and negative take the default
		}
	}
}
