// Package nethttp is the standard library, and what is built on it.
package nethttp

import (
	"net"
	"net/http"

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
	c := t.By(func(url string) func() (client.Begun, error) {
		get, err := http.NewRequest(t.Method(), url, nil)
		return func() (client.Begun, error) {
			req := get // which may be used again when the body was closed
			if t.Put && err == nil {
				req, err = put(&t)
			}
			if err != nil {
				return client.Begun{}, err
			}
			resp, err := web.Do(req)
			if err != nil {
				return client.Begun{}, err
			}
			return client.Begun{Status: resp.StatusCode, Body: resp.Body, Close: resp.Body.Close}, nil
		}
	})
	c.Close = Closing(transport)
	return c
}

func put(t *client.Task) (*http.Request, error) {
	body, length, contentType, err := t.Body()
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequest(t.Method(), t.URL(), body) // the Transport closes it
	if err != nil {
		return nil, err
	}
	req.ContentLength = length
	req.Header.Set("Content-Type", contentType)
	return req, nil
}

// Closing closes the connections of a transport.
func Closing(transport *http.Transport) func() error {
	return func() error {
		transport.CloseIdleConnections()
		return nil
	}
}
