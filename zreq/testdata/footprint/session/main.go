// Session is the smallest program with a Session in it: a plain GET, its body streamed.
package main

import (
	"context"
	"os"

	_ "github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
)

func main() {
	var session zreq.Session
	_, err := session.Get(context.Background(), os.Args[1], &zreq.Args{
		StreamCallback: func(chunk []byte) error {
			_, err := os.Stdout.Write(chunk)
			return err
		},
	})
	if err != nil {
		os.Exit(1)
	}
	_ = session.Close()
}
