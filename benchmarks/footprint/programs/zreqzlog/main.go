// Zreqzlog streams one plain GET through a callback, and logs what happens.
package main

import (
	"context"
	"os"

	"github.com/rs/zerolog"

	_ "github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zlog"
)

func main() {
	_, err := zreq.Get(context.Background(), os.Args[1], &zreq.Args{
		Trace: zlog.New(zerolog.New(os.Stderr)),
		StreamCallback: func(chunk []byte) error {
			_, err := os.Stdout.Write(chunk)
			return err
		},
	})
	if err != nil {
		os.Exit(1)
	}
}
