// Program raw does its job on a bare connection, without TLS.
package main

import (
	"net"

	"github.com/dsnet/try"

	"github.com/zreq-go/zreq/benchmarks/client"
	"github.com/zreq-go/zreq/benchmarks/client/raw"
	"github.com/zreq-go/zreq/benchmarks/memory/programs/program"
)

func main() {
	program.Run(func(t client.Task) client.Client {
		return raw.New(t, func() net.Conn { return try.E1(net.Dial("tcp", t.Address)) })
	})
}
