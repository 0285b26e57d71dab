package jobs

import "github.com/valyala/fasthttp"

// fastHTTP is fasthttp, which holds bodies in memory, or streams them if they are more
// than a chunk. Its limit in time is one for the whole of a response.
func fastHTTP(f fetch) (peer, error) {
	config, err := f.tls()
	if err != nil {
		return peer{}, err
	}
	stream := f.length > int64(f.chunk)
	client := &fasthttp.HostClient{
		Addr:                f.address(),
		IsTLS:               f.secure,
		TLSConfig:           config,
		MaxConns:            f.conns,
		MaxConnWaitTimeout:  idle,
		MaxIdleConnDuration: 3 * idle,
		ReadTimeout:         idle,
		WriteTimeout:        idle,
		ReadBufferSize:      f.buffer,
		StreamResponseBody:  stream,
		MaxResponseBodySize: 1 << 20, // of what is held

		// What its documentation has for speed.
		NoDefaultUserAgentHeader:      true,
		DisableHeaderNamesNormalizing: true,
		DisablePathNormalizing:        true,
	}
	worker := func() (func() error, error) {
		t, buf := f.tally(), make([]byte, f.chunk)
		req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
		req.SetRequestURI(f.url())
		if f.fresh {
			req.SetConnectionClose()
		}
		take := t.take
		return func() error {
			if err := client.Do(req, resp); err != nil {
				return err
			}
			var err error
			if stream {
				err = chunks(resp.BodyStream(), buf, take)
				if e := resp.CloseBodyStream(); err == nil {
					err = e
				}
			} else {
				err = take(resp.Body())
			}
			if err != nil {
				return err
			}
			return t.done(resp.StatusCode())
		}, nil
	}
	return peer{name: "fasthttp", worker: worker, close: func() error {
		client.CloseIdleConnections()
		return nil
	}}, nil
}
