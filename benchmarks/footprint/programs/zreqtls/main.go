// Zreqtls streams one GET through a callback, over TLS and without JSON.
package main

import (
	"context"
	"os"

	"github.com/zreq-go/zreq/netdriver"
	_ "github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/zreq"
)

func main() {
	netdriver.SetTLS(tlsnet.Default())
	_, err := zreq.Get(context.Background(), os.Args[1], &zreq.Args{
		StreamCallback: func(chunk []byte) error {
			_, err := os.Stdout.Write(chunk)
			return err
		},
	})
	if err != nil {
		os.Exit(1)
	}
}
