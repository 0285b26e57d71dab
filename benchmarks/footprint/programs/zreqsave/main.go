// Zreqsave saves what a plain GET brings into a file.
package main

import (
	"context"
	"os"

	"github.com/zreq-go/zreq/benchmarks/footprint/job"
	_ "github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

func main() {
	resp := job.Must(zreq.Get(context.Background(), os.Args[1], &zreq.Args{Stream: true}))
	job.Must(download.SaveFile(resp, os.Args[2]))
}
