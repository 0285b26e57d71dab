// Program raw does its job on a bare connection, without TLS.
package main

import (
	"github.com/zreq-go/zreq/benchmarks/client/raw"
	"github.com/zreq-go/zreq/benchmarks/memory/programs/program"
)

func main() { program.Run(raw.New(raw.Plain)) }
