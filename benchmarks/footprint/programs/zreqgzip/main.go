// Zreqgzip streams one plain GET through a callback, and decodes gzip.
package main

import (
	"context"
	"os"

	_ "github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
	_ "github.com/zreq-go/zreq/zreq/gzip"
)

func main() {
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
