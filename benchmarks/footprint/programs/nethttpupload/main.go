// Nethttpupload sends a file as the body of a PUT by net/http.
package main

import (
	"net/http"
	"os"

	"github.com/zreq-go/zreq/benchmarks/footprint/job"
)

func main() {
	file := job.Must(os.Open(os.Args[2]))
	req := job.Must(http.NewRequest(http.MethodPut, os.Args[1], file))
	req.ContentLength = job.Must(file.Stat()).Size()
	job.Check(job.Must(http.DefaultClient.Do(req)).StatusCode/100 == 2)
}
