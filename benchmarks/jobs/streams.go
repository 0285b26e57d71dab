package jobs

import (
	"fmt"

	"github.com/zreq-go/zreq/benchmarks/bench"
)

// size is one that is in the name of a case.
type size struct {
	name  string
	bytes int
}

// streamed are the chunks of the callback.
var streamed = []size{{"512 B", 512}, {"4 KiB", 4 << 10}, {"32 KiB", 32 << 10}}

// large is the read buffer that small chunks have for those who ask for one.
var large = size{", 64 KiB", 64 << 10}

// Streams are bodies that nobody would hold in memory, given to a callback in chunks of
// one size.
func Streams(w *World) []bench.Case {
	plain := fetch{origin: w.Origin, length: w.Stream, conns: 1}
	secure := plain
	secure.secure = true
	var cases, overTLS []bench.Case
	for _, chunk := range streamed {
		plain.chunk, secure.chunk = chunk.bytes, chunk.bytes
		cases = append(
			cases,
			plain.stream(w, chunk.name, 0),
			plain.stream(w, chunk.name, 1<<10),
			plain.stream(w, chunk.name, 16<<10),
		)
		overTLS = append(
			overTLS,
			secure.stream(w, chunk.name, 0),
			secure.stream(w, chunk.name, 1<<10),
			secure.stream(w, chunk.name, 16<<10),
		)
	}
	return append(cases, overTLS...)
}

// stream is one case. The server makes chunks of its own, or says the length if they
// are 0.
func (f fetch) stream(w *World, chunk string, server int) bench.Case {
	c := bench.Case{Name: chunk + ", by length", Group: "stream", Bytes: f.length}
	f.path = fmt.Sprintf("/bytes/%d", f.length)
	if server > 0 {
		c.Name = fmt.Sprintf("%s, in chunks of %d KiB", chunk, server>>10)
		f.path = fmt.Sprintf("/chunks/%d/%d", f.length, server)
	}
	if f.secure {
		c.Group = "stream, TLS 1.3"
	}
	kinds := []kind{raw, byZreq, netHTTP, fastHTTP, byResty}
	if f.chunk < 32<<10 {
		for _, k := range []kind{raw, byZreq, netHTTP, fastHTTP} {
			kinds = append(kinds, k.reading(large.bytes, large.name))
		}
	}
	c.Clients = func() ([]bench.Client, error) {
		all, err := f.clients((*peer).alone, kinds...)
		if server == 0 && f.chunk == 32<<10 { // it has no callback: once is enough
			return withCurl(w, f, all, err)
		}
		return all, err
	}
	return c
}
