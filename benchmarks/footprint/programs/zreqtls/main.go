// Zreqtls streams one GET through a callback, over TLS and without JSON.
package main

import (
	"github.com/zreq-go/zreq/benchmarks/footprint/get"
	"github.com/zreq-go/zreq/netdriver"
	_ "github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/zreq"
)

func main() {
	netdriver.SetTLS(tlsnet.Default())
	get.To(zreq.Get, zreq.Args{})
}
