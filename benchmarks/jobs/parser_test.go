package jobs

import (
	"bytes"
	"strings"
	"testing"

	"github.com/matryer/is"
)

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
	other, longer := bytes.Replace(head, []byte("65a4f2c1"), []byte("65a4f2c2"), 1), bytes.Replace(head, []byte("16777216"), []byte("16777217"), 1)
	cut, short := head[:len(head)-2], chunkedText(parseBody-parseChunk, parseChunk)
	for name, once := range map[string]func(){
		"zreq, a field":     headByWire(other, true),
		"zreq, the length":  headByWire(longer, false),
		"zreq, cut":         headByWire(cut, true),
		"net/http, a field": headByNetHTTP(other),
		"net/http, cut":     headByNetHTTP(cut),
		"fasthttp, a field": headByFastHTTP(other),
		"fasthttp, cut":     headByFastHTTP(cut),
		"zreq, short":       chunksByWire(short, true),
		"zreq, cut body":    chunksByWire(chunkedText(parseBody, parseChunk)[:100_000], false),
		"net/http, short":   chunksByHTTPUtil(short),
		"fasthttp, short":   chunksByFastHTTP(short, false),
		"fasthttp, stream":  chunksByFastHTTP(short, true),
	} {
		t.Run(name, func(t *testing.T) {
			is.New(t).True(failure(once) != nil) // it says so
		})
	}
}

// TestWireAllocatesNothing, which is the budget of the codec.
func TestWireAllocatesNothing(t *testing.T) {
	for name, once := range map[string]func(){
		"head of 10": headByWire(headText(10), true),
		"head of 40": headByWire(headText(40), true),
		"chunks":     chunksByWire(chunkedText(parseBody, parseChunk), true),
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			is.Equal(testing.AllocsPerRun(20, once), float64(0))
		})
	}
}
