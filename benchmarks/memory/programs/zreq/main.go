// Program zreq does its job by zreq, without TLS.
package main

import (
	"github.com/zreq-go/zreq/benchmarks/client"
	"github.com/zreq-go/zreq/benchmarks/client/zreq"
	"github.com/zreq-go/zreq/benchmarks/memory/programs/program"
)

func main() {
	program.Run(func(t client.Task) client.Client { return zreq.New(t, zreq.Config{}) })
}
