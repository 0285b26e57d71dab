package jobs

import (
	"bytes"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/bench"
)

func TestParsers(t *testing.T) {
	fileEach(t, Parsers(), func(is *is.I, client bench.Client) {
		is.NoErr(client.Do(1)) // it says what was meant
		is.NoErr(client.Do(3)) // and again, by what is kept
	})
}

// TestHeadText: the heads have as many fields as they are named for, none twice.
func TestHeadText(t *testing.T) {
	for _, fields := range []int{10, 40} {
		is := is.New(t)
		lines := strings.Split(strings.TrimSuffix(string(headText(fields)), "\r\n\r\n"), "\r\n")[1:]
		is.Equal(len(lines), fields)
		names := make(map[string]bool)
		for _, line := range lines {
			name, value, ok := strings.Cut(line, ": ")
			is.True(ok && value != "") // it is a field
			names[name] = true
		}
		is.Equal(len(names), fields) // each has its own name
	}
}

// TestParsersNotice: no client takes for the thing what is another one.
func TestParsersNotice(t *testing.T) {
	head := headText(10)
	for name, client := range map[string]bench.Client{
		"zreq, a field":     headByWire("", bytes.Replace(head, []byte("65a4f2c1"), []byte("65a4f2c2"), 1), true),
		"zreq, the length":  headByWire("", bytes.Replace(head, []byte("16777216"), []byte("16777217"), 1), false),
		"zreq, cut":         headByWire("", head[:len(head)-2], true),
		"net/http, a field": headByNetHTTP(bytes.Replace(head, []byte("65a4f2c1"), []byte("65a4f2c2"), 1)),
		"net/http, cut":     headByNetHTTP(head[:len(head)-2]),
		"fasthttp, a field": headByFastHTTP(bytes.Replace(head, []byte("65a4f2c1"), []byte("65a4f2c2"), 1)),
		"fasthttp, cut":     headByFastHTTP(head[:len(head)-2]),
		"zreq, short":       chunksByWire("", chunkedText(parseBody-parseChunk, parseChunk), true),
		"zreq, cut body":    chunksByWire("", chunkedText(parseBody, parseChunk)[:100_000], false),
		"net/http, short":   chunksByHTTPUtil(chunkedText(parseBody-parseChunk, parseChunk)),
		"fasthttp, short":   chunksByFastHTTP("", chunkedText(parseBody-parseChunk, parseChunk), false),
		"fasthttp, stream":  chunksByFastHTTP("", chunkedText(parseBody-parseChunk, parseChunk), true),
	} {
		t.Run(name, func(t *testing.T) {
			is.New(t).True(client.Do(1) != nil) // it says so
		})
	}
}

// TestWireAllocatesNothing, which is the budget of the codec.
func TestWireAllocatesNothing(t *testing.T) {
	for _, client := range []bench.Client{
		headByWire("head of 10", headText(10), true),
		headByWire("head of 40", headText(40), true),
		chunksByWire("chunks", chunkedText(parseBody, parseChunk), true),
	} {
		t.Run(client.Name, func(t *testing.T) {
			is := is.New(t)
			is.NoErr(client.Do(1))
			is.Equal(testing.AllocsPerRun(20, func() { is.NoErr(client.Do(1)) }), float64(0))
		})
	}
}
