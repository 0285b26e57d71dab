// Program fasthttp does its job by fasthttp.
package main

import (
	"github.com/zreq-go/zreq/benchmarks/client/fasthttp"
	"github.com/zreq-go/zreq/benchmarks/memory/programs/program"
)

func main() { program.Run(fasthttp.New) }
