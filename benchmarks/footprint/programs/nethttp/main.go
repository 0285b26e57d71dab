// Nethttp copies what a GET by net/http brings to stdout.
package main

import (
	"io"
	"net/http"
	"os"

	"github.com/zreq-go/zreq/benchmarks/footprint/job"
)

func main() {
	resp := job.Must(http.Get(os.Args[1]))
	job.Check(resp.StatusCode == http.StatusOK)
	job.Must(io.Copy(os.Stdout, resp.Body))
}
