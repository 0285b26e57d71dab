// Zreqsession streams one plain GET of a Session through a callback.
package main

import (
	"github.com/zreq-go/zreq/benchmarks/footprint/get"
	_ "github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
)

func main() {
	var session zreq.Session
	get.To(session.Get, zreq.Args{})
	_ = session.Close()
}
