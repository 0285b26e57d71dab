// Zreq streams one plain GET through a callback.
package main

import (
	"github.com/zreq-go/zreq/benchmarks/footprint/get"
	_ "github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
)

func main() { get.To(zreq.Get, zreq.Args{}) }
