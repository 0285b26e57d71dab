package roundtrip

import (
	"iter"
	"net/http"
	"strconv"
	"strings"

	"github.com/zreq-go/zreq/zreq"
)

// answer makes an http.Response from a response of zreq, as net/http would make it from
// the same bytes. d becomes its body, unless there is none.
func (d *download) answer(req *http.Request, got *zreq.Response, spy *spy) *http.Response {
	header := collect(make(http.Header), got.All())
	res := &http.Response{
		Status:        status(got),
		StatusCode:    got.Status,
		Proto:         got.Proto,
		ProtoMajor:    1,
		ProtoMinor:    int(got.Proto[len(got.Proto)-1] - '0'),
		Header:        header,
		ContentLength: length(req, got),
		Uncompressed:  got.Decoded(),
		Body:          http.NoBody,
		Request:       req,
	}
	if spy != nil {
		res.TLS = spy.state
	}
	res.Close = closes(res, got)
	if len(header["Transfer-Encoding"]) > 0 {
		header.Del("Transfer-Encoding")
		if res.ProtoMinor > 0 {
			res.TransferEncoding = []string{"chunked"} // zreq refuses all others
			announce(res)
		}
	}
	tidy(res)
	repairLocation(res)
	if got.Framing() != zreq.FramingNone {
		d.from, d.to, d.open = got, res, true
		res.Body = d
	}
	return res
}

// status returns the status line without the version.
func status(got *zreq.Response) string {
	code := strconv.Itoa(got.Status)
	if got.Reason() == "" {
		return code
	}
	return code + " " + got.Reason()
}

// length returns what net/http calls ContentLength. For HEAD it is the length of the body
// that was not sent. It is -1 if there is no length.
func length(req *http.Request, got *zreq.Response) int64 {
	if method(req) != http.MethodHead && (got.Status == http.StatusNoContent || got.Status == http.StatusNotModified) {
		return 0
	}
	return got.Len()
}

// closes reports whether the head says that the connection will be closed. If an HTTP/1.1
// head says so, closes removes the field Connection.
func closes(res *http.Response, got *zreq.Response) bool {
	connection := res.Header["Connection"]
	says := hasToken(connection, "close")
	switch {
	case res.ProtoMinor == 0:
		says = says || !hasToken(connection, "keep-alive")
	case says:
		res.Header.Del("Connection")
	}
	return says || got.Framing() == zreq.FramingUntilClose
}

// tidy removes fields from the header, and adds one, as net/http does.
func tidy(res *http.Response) {
	h := res.Header
	if lengths := h["Content-Length"]; len(lengths) > 1 {
		h["Content-Length"] = lengths[:1] // they are the same
	}
	if res.Uncompressed {
		h.Del("Content-Encoding")
		h.Del("Content-Length")
	}
	// In HTTP/1.0, "Pragma: no-cache" means "Cache-Control: no-cache" (RFC 9111, 5.4).
	if pragma := h["Pragma"]; len(pragma) > 0 && pragma[0] == "no-cache" && !has(h, "Cache-Control") {
		h["Cache-Control"] = []string{"no-cache"}
	}
}

// announce moves the names in the field Trailer to the keys of Response.Trailer.
func announce(res *http.Response) {
	fields := res.Header["Trailer"]
	res.Header.Del("Trailer")
	for _, field := range fields {
		for name := range strings.SplitSeq(field, ",") {
			name = http.CanonicalHeaderKey(strings.Trim(name, " \t"))
			switch name {
			case "", "Transfer-Encoding", "Trailer", "Content-Length":
				continue // no trailer is one of these (RFC 9110, 6.5.1)
			}
			if res.Trailer == nil {
				res.Trailer = make(http.Header)
			}
			res.Trailer[name] = nil
		}
	}
}

// trailer adds the trailers that arrived to those that were announced.
func trailer(announced http.Header, got *zreq.Response) http.Header {
	came := collect(nil, got.Trailers())
	if announced == nil {
		return came
	}
	for name, values := range came {
		announced[name] = values
	}
	return announced
}

// collect adds fields to h. If h is nil, it creates one for the first field.
func collect(h http.Header, fields iter.Seq2[string, string]) http.Header {
	for name, value := range fields {
		if h == nil {
			h = make(http.Header)
		}
		h.Add(name, value)
	}
	return h
}
