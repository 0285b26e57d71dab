package jobs

import (
	"bufio"
	"bytes"
	"io"
	"net/http/httputil"

	"github.com/valyala/fasthttp"

	"github.com/zreq-go/zreq/zreq/wire"
)

// parseRead is what the body is read into, where it is read.
const parseRead = 32 << 10

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

// counted is nil if that is how long the body was to be.
func counted(n int) error {
	if n != parseBody {
		return errParseBody
	}
	return nil
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
	text = text[len(parseChunks):]
	source, buffer := bytes.NewReader(text), make([]byte, parseRead)
	in := bufio.NewReaderSize(source, parseWindow)
	return func() error {
		source.Reset(text)
		in.Reset(source)
		return readAll(httputil.NewChunkedReader(in), buffer)
	}
}

// chunksByFastHTTP has the body put together in memory that is kept, or reads it as a
// stream.
func chunksByFastHTTP(text []byte, stream bool) func() error {
	source, buffer := bytes.NewReader(text), make([]byte, parseRead)
	in := bufio.NewReaderSize(source, parseWindow)
	resp := &fasthttp.Response{StreamBody: stream}
	return func() error {
		source.Reset(text)
		in.Reset(source)
		if err := resp.ReadLimitBody(in, 0); err != nil {
			return err
		}
		if !stream {
			return counted(len(resp.Body()))
		}
		if err := readAll(resp.BodyStream(), buffer); err != nil {
			return err
		}
		return resp.CloseBodyStream()
	}
}
