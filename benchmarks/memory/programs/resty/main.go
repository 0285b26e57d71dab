// Program resty does its job by resty.
package main

import (
	"github.com/zreq-go/zreq/benchmarks/client/resty"
	"github.com/zreq-go/zreq/benchmarks/memory/programs/program"
)

func main() { program.Run(resty.New) }
