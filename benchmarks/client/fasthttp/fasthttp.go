// Package fasthttp is fasthttp, which holds bodies in memory, or streams them if they are more
// than a chunk. Its limit in time is one for the whole of a response.
package fasthttp

import (
	"bytes"

	"github.com/dsnet/try"
	"github.com/valyala/fasthttp"

	"github.com/zreq-go/zreq/benchmarks/client"
	"github.com/zreq-go/zreq/benchmarks/client/trust"
)

// New returns it. It can hold a response unread only if it streams it.
func New(t client.Task) client.Client {
	web := &fasthttp.HostClient{
		Addr:                t.Address,
		IsTLS:               t.Roots != nil,
		TLSConfig:           trust.Config(&t),
		MaxConns:            max(1, t.Conns),
		MaxConnWaitTimeout:  client.Idle,
		MaxIdleConnDuration: 3 * client.Idle,
		ReadTimeout:         client.Idle,
		WriteTimeout:        client.Idle,
		ReadBufferSize:      t.Buffer,
		MaxResponseBodySize: 1 << 20, // of what is held

		// What its documentation has for speed.
		NoDefaultUserAgentHeader:      true,
		DisableHeaderNamesNormalizing: true,
		DisablePathNormalizing:        true,
	}
	web.StreamResponseBody = t.Chunk == 0 || t.Streams()
	switch {
	case t.Buffered:
		web.StreamResponseBody, web.MaxResponseBodySize = false, 0
	case t.Put:
		web.WriteBufferSize = 64 << 10 // fills a record of TLS
	}
	do, end := web.Do, web.CloseIdleConnections
	if t.Many > 0 {
		all := &fasthttp.Client{
			MaxConnsPerHost: web.MaxConns, MaxIdleConnDuration: web.MaxIdleConnDuration, StreamResponseBody: web.StreamResponseBody,
		}
		do, end = all.Do, all.CloseIdleConnections
	}
	c := t.By(func(url string) func() client.Begun { return begin(&t, url, do) })
	c.Close = end
	return c
}

// begin returns what makes a request, over and over, with the same memory.
func begin(t *client.Task, url string, do func(*fasthttp.Request, *fasthttp.Response) error) func() client.Begun {
	req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	reader := new(bytes.Reader)
	closeStream := resp.CloseBodyStream
	req.SetRequestURI(url)
	req.Header.SetMethod(t.Method())
	if t.Fresh {
		req.SetConnectionClose()
	}
	return func() client.Begun {
		if t.Put {
			body, length, contentType := t.Body()
			defer body.Close() // a second time, where it was sent
			req.Header.SetContentType(contentType)
			req.SetBodyStream(body, int(length))
		}
		try.E(do(req, resp))
		if stream := resp.BodyStream(); stream != nil {
			return client.Begun{Status: resp.StatusCode(), Body: stream, Close: closeStream}
		}
		reader.Reset(resp.Body())
		return client.Begun{Status: resp.StatusCode(), Body: reader}
	}
}
