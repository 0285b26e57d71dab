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

var errParse = errors.New("it says something else")

// parsed is nil if that is what a head was to say, and counted if a body was to be as long.
func parsed(status int, length int64, etag string) error {
	if status != 200 || length != parseLength || etag != parseETag {
		return errParse
	}
	return nil
}

func counted(n int) error {
	if n != parseBody {
		return errParse
	}
	return nil
}

// headByWire decodes a head and keeps a copy of it, as a Response of zreq does: it is
// valid, and the framing is known, when that is done. A field is found when it is asked
// for: the last one, so that all are passed.
func headByWire(head []byte, lookUp bool) func() error {
	var d wire.Decoder
	window, kept := make([]byte, parseWindow), []byte(nil)
	return func() error {
		in := window[:copy(window, head)]
		d.Reset("GET", wire.Limits{})
		ev, used, err := d.Next(in)
		if err != nil || ev.Kind != wire.Head || used != len(head) {
			return errors.Join(err, errParse)
		}
		kept = append(kept[:0], ev.Data...)
		if !lookUp {
			return parsed(d.Status(), d.Length(), parseETag)
		}
		_, rest := wire.SplitHead(kept)
		for {
			name, value, next, ok := wire.NextField(rest)
			if !ok {
				return errParse
			}
			if wire.EqualName(name, "ETag") {
				return parsed(d.Status(), d.Length(), string(value))
			}
			rest = next
		}
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
func headByNetHTTP(head []byte) func() error {
	in, req := reader(head), &http.Request{Method: "GET"}
	return func() error {
		resp, err := http.ReadResponse(in(), req)
		if err != nil {
			return err
		}
		return parsed(resp.StatusCode, resp.ContentLength, resp.Header.Get("ETag"))
	}
}

func headByFastHTTP(head []byte) func() error {
	in, h := reader(head), new(fasthttp.ResponseHeader)
	return func() error {
		if err := h.Read(in()); err != nil {
			return err
		}
		return parsed(h.StatusCode(), int64(h.ContentLength()), string(h.Peek("ETag")))
	}
}

// chunksByWire decodes a body as it comes into a window, as zreq does. With copies each
// piece is copied to where a Read would have it; else it is looked at where it lies, as
// by a callback.
func chunksByWire(text []byte, copies bool) func() error {
	var d wire.Decoder
	window, to := make([]byte, parseWindow), make([]byte, parseRead)
	return func() error {
		d.Reset("GET", wire.Limits{})
		rest, r, w, n := text, 0, 0, 0
		for {
			ev, used, err := d.Next(window[r:w])
			if err != nil {
				return err
			}
			r += used
			switch ev.Kind {
			case wire.Data:
				n += len(ev.Data)
				if copies {
					copy(to, ev.Data)
				}
			case wire.NeedMore:
				if len(rest) == 0 {
					return io.ErrUnexpectedEOF
				}
				w = copy(window, window[r:w])
				m := copy(window[w:], rest)
				r, w, rest = 0, w+m, rest[m:]
			case wire.End:
				return counted(n)
			}
		}
	}
}

// readAll reads a body to its end by a buffer that is kept.
func readAll(body io.Reader, buffer []byte) error {
	for n := 0; ; {
		m, err := body.Read(buffer)
		switch n += m; err {
		case nil:
		case io.EOF:
			return counted(n)
		default:
			return err
		}
	}
}

// chunksByHTTPUtil reads the body alone: the head is not its business.
func chunksByHTTPUtil(text []byte) func() error {
	in, buffer := reader(text[len(parseChunks):]), make([]byte, parseRead)
	return func() error { return readAll(httputil.NewChunkedReader(in()), buffer) }
}

// chunksByFastHTTP has the body put together in memory that is kept, or reads it as a
// stream.
func chunksByFastHTTP(text []byte, stream bool) func() error {
	in, buffer, resp := reader(text), make([]byte, parseRead), &fasthttp.Response{StreamBody: stream}
	return func() error {
		if err := resp.ReadLimitBody(in(), 0); err != nil {
			return err
		}
		if !stream {
			return counted(len(resp.Body()))
		}
		err := readAll(resp.BodyStream(), buffer)
		return errors.Join(err, resp.CloseBodyStream())
	}
}
