// Zrequpload sends a file as the body of a plain PUT.
package main

import (
	"context"
	"os"

	"github.com/zreq-go/zreq/benchmarks/footprint/job"
	_ "github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/upload"
)

func main() {
	file := job.Must(upload.Open(os.Args[2]))
	resp := job.Must(upload.Upload(context.Background(), os.Args[1], file, &upload.Args{Method: "PUT"}))
	job.Check(resp.Status/100 == 2)
}
