package jobs

import (
	"bufio"
	"bytes"
	"errors"
	"net/http"

	"github.com/valyala/fasthttp"

	"github.com/zreq-go/zreq/zreq/wire"
)

var (
	errParseHead = errors.New("the head says something else")
	errParseBody = errors.New("the body has another length")
)

// parsed is nil if that is what a head was to say.
func parsed(status int, length int64, etag string) error {
	if status != 200 || length != parseLength || etag != parseETag {
		return errParseHead
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
		if err != nil {
			return err
		}
		if ev.Kind != wire.Head || used != len(head) {
			return errParseHead
		}
		kept = append(kept[:0], ev.Data...)
		if !lookUp {
			return parsed(d.Status(), d.Length(), parseETag)
		}
		_, rest := wire.SplitHead(kept)
		for {
			name, value, next, ok := wire.NextField(rest)
			if !ok {
				return errParseHead
			}
			if wire.EqualName(name, "ETag") {
				return parsed(d.Status(), d.Length(), string(value))
			}
			rest = next
		}
	}
}

// headByNetHTTP makes a Response with a map of the fields.
func headByNetHTTP(head []byte) func() error {
	source := bytes.NewReader(head)
	in := bufio.NewReaderSize(source, parseWindow)
	req := &http.Request{Method: "GET"}
	return func() error {
		source.Reset(head)
		in.Reset(source)
		resp, err := http.ReadResponse(in, req)
		if err != nil {
			return err
		}
		return parsed(resp.StatusCode, resp.ContentLength, resp.Header.Get("ETag"))
	}
}

// headByFastHTTP fills a header that is kept.
func headByFastHTTP(head []byte) func() error {
	source := bytes.NewReader(head)
	in := bufio.NewReaderSize(source, parseWindow)
	h := new(fasthttp.ResponseHeader)
	return func() error {
		source.Reset(head)
		in.Reset(source)
		if err := h.Read(in); err != nil {
			return err
		}
		return parsed(h.StatusCode(), int64(h.ContentLength()), string(h.Peek("ETag")))
	}
}
