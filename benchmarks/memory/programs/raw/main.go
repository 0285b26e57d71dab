// Program raw does its job on a bare connection, without TLS.
package main

import (
	"net"

	"github.com/zreq-go/zreq/benchmarks/memory/programs/internal/program"
)

func main() {
	program.Run(func(j program.Job) error {
		return j.ByHand(func(address string) (net.Conn, error) { return net.Dial("tcp", address) })
	})
}
