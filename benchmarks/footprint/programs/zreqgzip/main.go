// Zreqgzip streams one plain GET through a callback, and decodes gzip.
package main

import (
	"github.com/zreq-go/zreq/benchmarks/footprint/get"
	_ "github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
	_ "github.com/zreq-go/zreq/zreq/gzip"
)

func main() { get.To(zreq.Get, zreq.Args{}) }
