// Package nethttp is the standard library, and what is built on it.
package nethttp

import (
	"net"
	"net/http"

	"github.com/dsnet/try"

	"github.com/zreq-go/zreq/benchmarks/client"
	"github.com/zreq-go/zreq/benchmarks/client/trust"
)

// Transport is a tuned one. It has no limit for a body that stops coming.
func Transport(t *client.Task) *http.Transport {
	conns := max(1, t.Conns)
	return &http.Transport{
		DialContext:           (&net.Dialer{Timeout: client.Idle}).DialContext,
		TLSClientConfig:       trust.Config(t), // with which HTTP/2 is not tried
		TLSHandshakeTimeout:   client.Idle,
		ResponseHeaderTimeout: client.Idle,
		IdleConnTimeout:       3 * client.Idle,
		MaxConnsPerHost:       conns,
		MaxIdleConnsPerHost:   conns, // there is no limit for all hosts together
		DisableKeepAlives:     t.Fresh,
		DisableCompression:    true, // nor does it look for what was not asked
		ReadBufferSize:        t.Buffer,
	}
}

// New returns it. A file is given with its length, so that the Transport can have the
// system send it; a form is put together of readers, which is faster than a multipart.Writer
// into a pipe.
func New(t client.Task) client.Client {
	transport := Transport(&t)
	web := &http.Client{Transport: transport}
	c := t.By(func(url string) func() client.Begun {
		req := try.E1(http.NewRequest(t.Method(), url, nil)) // which may be used again when the body was closed
		return func() client.Begun {
			if t.Put {
				body, length, contentType := t.Body()
				req = try.E1(http.NewRequest(t.Method(), url, body)) // the Transport closes it
				req.ContentLength = length
				req.Header.Set("Content-Type", contentType)
			}
			resp := try.E1(web.Do(req))
			return client.Begun{Status: resp.StatusCode, Body: resp.Body, Close: resp.Body.Close}
		}
	})
	c.Close = transport.CloseIdleConnections
	return c
}
