// Program zreqtls does its job by zreq, over TLS.
package main

import (
	"github.com/zreq-go/zreq/benchmarks/client"
	"github.com/zreq-go/zreq/benchmarks/client/trust"
	"github.com/zreq-go/zreq/benchmarks/client/zreq"
	"github.com/zreq-go/zreq/benchmarks/memory/programs/program"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
)

func main() {
	program.Run(func(t client.Task) client.Client {
		return zreq.New(t, zreq.Config{TLS: tlsnet.New(&tlsnet.Config{RootCAs: trust.Config(&t).RootCAs})})
	})
}
