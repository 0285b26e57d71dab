// Program zreqtls does its job by zreq, over TLS.
package main

import (
	"github.com/zreq-go/zreq/benchmarks/memory/programs/internal/program"
	"github.com/zreq-go/zreq/benchmarks/memory/programs/internal/zreqjobs"
	"github.com/zreq-go/zreq/netdriver"
	_ "github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
)

func main() {
	program.Run(func(j program.Job) error {
		roots, err := tlsnet.Roots(j.Roots)
		if err != nil {
			return err
		}
		netdriver.SetTLS(tlsnet.New(&tlsnet.Config{RootCAs: roots}))
		return zreqjobs.Do(j)
	})
}
