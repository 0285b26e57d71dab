// Program nethttp does its job by net/http.
package main

import (
	"github.com/zreq-go/zreq/benchmarks/client/nethttp"
	"github.com/zreq-go/zreq/benchmarks/memory/programs/program"
)

func main() { program.Run(nethttp.New) }
