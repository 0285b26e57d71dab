// Zreqstd streams one GET through a callback, with all that most programs import: TLS
// and JSON.
package main

import (
	"github.com/zreq-go/zreq/benchmarks/footprint/get"
	_ "github.com/zreq-go/zreq/netdriver/std"
	"github.com/zreq-go/zreq/zreq"
)

func main() { get.To(zreq.Get, zreq.Args{}) }
