// Zreqstd streams one GET through a callback, with all that most programs import: TLS
// and JSON.
package main

import (
	"context"
	"os"

	_ "github.com/zreq-go/zreq/netdriver/std"
	"github.com/zreq-go/zreq/zreq"
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
