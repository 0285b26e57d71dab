// Package grab is grab, which downloads files, and that alone.
package grab

import (
	"net/http"

	"github.com/cavaliergopher/grab/v3"

	"github.com/zreq-go/zreq/benchmarks/client"
	"github.com/zreq-go/zreq/benchmarks/client/nethttp"
)

// New returns it.
func New(t client.Task) client.Client {
	transport := nethttp.Transport(&t)
	web := grab.NewClient()
	web.HTTPClient = &http.Client{Transport: transport}
	c := t.By(func(url string) func() (client.Begun, error) {
		return func() (client.Begun, error) {
			req, err := grab.NewRequest(t.File, url)
			if err != nil {
				return client.Begun{}, err
			}
			req.NoResume = true
			resp := web.Do(req)
			if err := resp.Err(); err != nil { // waits for the end
				return client.Begun{}, err
			}
			return client.Begun{Status: resp.HTTPResponse.StatusCode}, nil
		}
	})
	c.Hold, c.Close = nil, nethttp.Closing(transport)
	return c
}
