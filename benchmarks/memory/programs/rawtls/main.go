// Program rawtls does its job on a bare connection of crypto/tls.
package main

import (
	"github.com/zreq-go/zreq/benchmarks/client/raw"
	"github.com/zreq-go/zreq/benchmarks/client/trust"
	"github.com/zreq-go/zreq/benchmarks/memory/programs/program"
)

func main() { program.Run(raw.New(trust.Dialer)) }
