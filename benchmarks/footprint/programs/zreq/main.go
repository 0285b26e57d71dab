// Zreq streams one plain GET through a callback.
package main

import (
	"context"
	"os"

	_ "github.com/zreq-go/zreq/netdriver/stdnet"
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
