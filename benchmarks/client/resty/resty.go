// Package resty is resty over a tuned transport of net/http. It holds bodies in memory, or
// leaves them to its user if they are more than a chunk.
package resty

import (
	"bytes"
	"io"
	"net/http"
	"os"

	"github.com/dsnet/try"
	"github.com/go-resty/resty/v2"

	"github.com/zreq-go/zreq/benchmarks/client"
	"github.com/zreq-go/zreq/benchmarks/client/nethttp"
)

// New returns it. It saves files by itself. What SetBody is given is read whole into memory,
// whatever it is, so that it could be sent again; who knows that uses the hook before the
// request is sent.
func New(t client.Task) client.Client {
	transport := nethttp.Transport(&t)
	streams := t.Chunk > 0 && t.Streams()
	web := resty.NewWithClient(&http.Client{Transport: transport}).SetDoNotParseResponse(streams)
	if t.Put {
		web.SetPreRequestHook(func(_ *resty.Client, req *http.Request) error {
			if req.ContentLength = t.Length; !t.Buffered {
				req.Body, _, _ = t.Body() // the Transport closes it
			}
			return nil
		})
	}
	c := t.By(func(url string) func() client.Begun {
		return func() client.Begun {
			req := web.R()
			switch {
			case t.Put:
				req.SetHeader("Content-Type", client.ContentType)
				if t.Buffered {
					f := try.E1(os.Open(t.File))
					defer f.Close()
					req.SetBody(io.Reader(f))
				}
			case t.Chunk == 0:
				req.SetOutput(t.File)
			}
			resp := try.E1(req.Execute(t.Method(), url))
			b := client.Begun{Status: resp.StatusCode()}
			switch {
			case streams:
				b.Body, b.Close = resp.RawBody(), resp.RawBody().Close
			case t.Chunk > 0:
				b.Body = bytes.NewReader(resp.Body())
			}
			return b
		}
	})
	c.Close = transport.CloseIdleConnections
	return c
}
