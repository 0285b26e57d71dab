// Package grab is grab, which downloads files, and that alone.
package grab

import (
	"net/http"

	"github.com/cavaliergopher/grab/v3"
	"github.com/dsnet/try"

	"github.com/zreq-go/zreq/benchmarks/client"
	"github.com/zreq-go/zreq/benchmarks/client/nethttp"
)

// New returns it.
func New(t client.Task) client.Client {
	transport := nethttp.Transport(&t)
	web := grab.NewClient()
	web.HTTPClient = &http.Client{Transport: transport}
	c := t.By(func(url string) func() client.Begun {
		return func() client.Begun {
			req := try.E1(grab.NewRequest(t.File, url))
			req.NoResume = true
			resp := web.Do(req)
			try.E(resp.Err()) // waits for the end
			return client.Begun{Status: resp.HTTPResponse.StatusCode}
		}
	})
	c.Hold, c.Close = nil, transport.CloseIdleConnections
	return c
}
