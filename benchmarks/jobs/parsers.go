package jobs

import (
	"bufio"
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"strings"

	"github.com/dsnet/try"
	"github.com/valyala/fasthttp"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/zreq/wire"
)

const (
	parseBody   = 1 << 20
	parseChunk  = 1 << 10
	parseRead   = 32 << 10 // what a body is read into
	parseWindow = 4 << 10
	parseLength = 16777216            // is said in a head
	parseETag   = `"65a4f2c1-100000"` // is the last field of a head, and looked up
	parseChunks = "HTTP/1.1 200 OK\r\nServer: nginx/1.25.3\r\nTransfer-Encoding: chunked\r\n\r\n"
)

// Parsers take apart what is in memory: heads, and a body in chunks. No client has it
// as a whole: each has it come through a buffer of 4 KiB, into which it is copied, as
// from a socket.
func Parsers() []bench.Case {
	const group = "parse"
	var cases []bench.Case
	for _, fields := range []int{10, 40} {
		head := headText(fields)
		cases = append(cases, bench.Case{
			Name: fmt.Sprintf("head of %d fields", fields), Group: group, Bytes: int64(len(head)),
			Clients: []bench.Maker{
				bench.Doing("zreq", headByWire(head, true)), bench.Doing("zreq, nothing looked up", headByWire(head, false)),
				bench.Doing("net/http", headByNetHTTP(head)), bench.Doing("fasthttp", headByFastHTTP(head)),
			},
		})
	}
	body := chunkedText(parseBody, parseChunk)
	return append(cases, bench.Case{
		Name: "1 MiB in chunks of 1 KiB", Group: group, Bytes: parseBody,
		Clients: []bench.Maker{
			bench.Doing("zreq", chunksByWire(body, true)), bench.Doing("zreq, in place", chunksByWire(body, false)),
			bench.Doing("net/http", chunksByHTTPUtil(body)),
			bench.Doing("fasthttp", chunksByFastHTTP(body, false)), bench.Doing("fasthttp, streamed", chunksByFastHTTP(body, true)),
		},
	})
}

// headFields are those of a server, and of a proxy or two if there are many.
//
//go:embed head.txt
var headFields string

// headText is a head with that many fields.
func headText(fields int) []byte {
	lines := strings.Split(headFields, "\n")[:fields-1]
	return fmt.Appendf(nil, "HTTP/1.1 200 OK\r\n%s\r\nETag: %s\r\n\r\n", strings.Join(lines, "\r\n"), parseETag)
}

// chunkedText is a response with a body of size bytes in chunks.
func chunkedText(size, chunk int) []byte {
	text := []byte(parseChunks)
	for data := make([]byte, chunk); size > 0; size -= chunk {
		text = wire.AppendChunk(text, data)
	}
	return wire.AppendLastChunk(text)
}

// check fails unless that is what was to be said.
func check(ok bool) {
	if !ok {
		try.E(errors.New("it says something else"))
	}
}

// parsed checks what a head says.
func parsed(status int, length int64, etag string) {
	check(status == 200 && length == parseLength && etag == parseETag)
}

// headByWire decodes a head and keeps a copy of it, as a Response of zreq does: it is
// valid, and the framing is known, when that is done. A field is found when it is asked
// for: the last one, so that all are passed.
func headByWire(head []byte, lookUp bool) func() {
	var d wire.Decoder
	window, kept := make([]byte, parseWindow), []byte(nil)
	return func() {
		in := window[:copy(window, head)]
		d.Reset("GET", wire.Limits{})
		ev, used, err := d.Next(in)
		try.E(err)
		check(ev.Kind == wire.Head && used == len(head))
		kept = append(kept[:0], ev.Data...)
		if !lookUp {
			parsed(d.Status(), d.Length(), parseETag)
			return
		}
		_, rest := wire.SplitHead(kept)
		name, value, rest, ok := wire.NextField(rest)
		for ok && !wire.EqualName(name, "ETag") {
			name, value, rest, ok = wire.NextField(rest)
		}
		parsed(d.Status(), d.Length(), string(value))
	}
}

// reader reads a text anew each time through a buffer.
func reader(text []byte) func() *bufio.Reader {
	source := bytes.NewReader(text)
	in := bufio.NewReaderSize(source, parseWindow)
	return func() *bufio.Reader {
		source.Reset(text)
		in.Reset(source)
		return in
	}
}

// headByNetHTTP makes a Response with a map of the fields, and headByFastHTTP fills a header
// that is kept.
func headByNetHTTP(head []byte) func() {
	in, req := reader(head), &http.Request{Method: "GET"}
	return func() {
		resp := try.E1(http.ReadResponse(in(), req))
		parsed(resp.StatusCode, resp.ContentLength, resp.Header.Get("ETag"))
	}
}

func headByFastHTTP(head []byte) func() {
	in, h := reader(head), new(fasthttp.ResponseHeader)
	return func() {
		try.E(h.Read(in()))
		parsed(h.StatusCode(), int64(h.ContentLength()), string(h.Peek("ETag")))
	}
}

// chunksByWire decodes a body as it comes into a window, as zreq does. With copies each
// piece is copied to where a Read would have it; else it is looked at where it lies, as
// by a callback.
func chunksByWire(text []byte, copies bool) func() {
	var d wire.Decoder
	window, to := make([]byte, parseWindow), make([]byte, parseRead)
	return func() {
		d.Reset("GET", wire.Limits{})
		rest, r, w, n := text, 0, 0, 0
		for {
			ev, used, err := d.Next(window[r:w])
			try.E(err)
			r += used
			switch ev.Kind {
			case wire.Data:
				n += len(ev.Data)
				if copies {
					copy(to, ev.Data)
				}
			case wire.NeedMore:
				check(len(rest) > 0)
				w = copy(window, window[r:w])
				m := copy(window[w:], rest)
				r, w, rest = 0, w+m, rest[m:]
			case wire.End:
				check(n == parseBody)
				return
			}
		}
	}
}

// discard takes a body by a buffer that is kept: it has no ReadFrom, unlike io.Discard.
var discard io.Writer = struct{ io.Writer }{io.Discard}

// chunksByHTTPUtil reads the body alone: the head is not its business.
func chunksByHTTPUtil(text []byte) func() {
	in, buffer := reader(text[len(parseChunks):]), make([]byte, parseRead)
	return func() { check(try.E1(io.CopyBuffer(discard, httputil.NewChunkedReader(in()), buffer)) == parseBody) }
}

// chunksByFastHTTP has the body put together in memory that is kept, or reads it as a
// stream.
func chunksByFastHTTP(text []byte, stream bool) func() {
	in, buffer, resp := reader(text), make([]byte, parseRead), &fasthttp.Response{StreamBody: stream}
	return func() {
		try.E(resp.ReadLimitBody(in(), 0))
		if !stream {
			check(len(resp.Body()) == parseBody)
			return
		}
		check(try.E1(io.CopyBuffer(discard, resp.BodyStream(), buffer)) == parseBody)
		try.E(resp.CloseBodyStream())
	}
}
