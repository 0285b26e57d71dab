// Fasthttp copies what a GET by fasthttp brings to stdout, as it comes.
package main

import (
	"os"

	"github.com/valyala/fasthttp"
)

func main() {
	client := fasthttp.Client{StreamResponseBody: true}
	req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	req.SetRequestURI(os.Args[1])
	if err := client.Do(req, resp); err != nil || resp.StatusCode() != fasthttp.StatusOK {
		os.Exit(1)
	}
	if err := resp.BodyWriteTo(os.Stdout); err != nil {
		os.Exit(1)
	}
}
