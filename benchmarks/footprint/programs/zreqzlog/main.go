// Zreqzlog streams one plain GET through a callback, and logs what happens.
package main

import (
	"os"

	"github.com/rs/zerolog"

	"github.com/zreq-go/zreq/benchmarks/footprint/get"
	_ "github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zlog"
)

func main() { get.To(zreq.Get, zreq.Args{Trace: zlog.New(zerolog.New(os.Stderr))}) }
