// Program zreq does its job by zreq, without TLS.
package main

import (
	"github.com/zreq-go/zreq/benchmarks/memory/programs/internal/program"
	"github.com/zreq-go/zreq/benchmarks/memory/programs/internal/zreqjobs"
	_ "github.com/zreq-go/zreq/netdriver/stdnet"
)

func main() { program.Run(zreqjobs.Do) }
