// Fasthttp copies what a GET by fasthttp brings to stdout, as it comes.
package main

import (
	"os"

	"github.com/valyala/fasthttp"

	"github.com/zreq-go/zreq/benchmarks/footprint/job"
)

func main() {
	client := fasthttp.Client{StreamResponseBody: true}
	req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	req.SetRequestURI(os.Args[1])
	job.Check(client.Do(req, resp) == nil && resp.StatusCode() == fasthttp.StatusOK)
	job.Check(resp.BodyWriteTo(os.Stdout) == nil)
}
