package jobs

import (
	"net"
	"net/http"
)

// transport is a tuned one. It has no limit for a body that stops coming.
func (f *fetch) transport() (*http.Transport, error) {
	config, err := f.tls()
	if err != nil {
		return nil, err
	}
	return &http.Transport{
		DialContext:           (&net.Dialer{Timeout: idle}).DialContext,
		TLSClientConfig:       config, // with which HTTP/2 is not tried
		TLSHandshakeTimeout:   idle,
		ResponseHeaderTimeout: idle,
		IdleConnTimeout:       3 * idle,
		MaxConnsPerHost:       f.conns,
		MaxIdleConnsPerHost:   f.conns,
		DisableKeepAlives:     f.fresh,
		DisableCompression:    true, // nor does it look for what was not asked
		ReadBufferSize:        f.buffer,
	}, nil
}

// netHTTP is the standard library.
func netHTTP(f fetch) (peer, error) {
	transport, err := f.transport()
	if err != nil {
		return peer{}, err
	}
	client := &http.Client{Transport: transport}
	worker := func() (func() error, error) {
		t, buf := f.tally(), make([]byte, f.chunk)
		req, err := http.NewRequest(http.MethodGet, f.url(), nil)
		if err != nil {
			return nil, err
		}
		take := t.take
		return func() error {
			resp, err := client.Do(req) // it may be used again when the body was closed
			if err != nil {
				return err
			}
			defer resp.Body.Close()
			if err := chunks(resp.Body, buf, take); err != nil {
				return err
			}
			return t.done(resp.StatusCode)
		}, nil
	}
	return peer{name: "net/http", worker: worker, close: func() error {
		transport.CloseIdleConnections()
		return nil
	}}, nil
}
