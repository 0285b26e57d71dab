// Zreqsave saves what a plain GET brings into a file.
package main

import (
	"context"
	"os"

	_ "github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

func main() {
	resp, err := zreq.Get(context.Background(), os.Args[1], &zreq.Args{Stream: true})
	if err == nil {
		_, err = download.SaveFile(resp, os.Args[2])
	}
	if err != nil {
		os.Exit(1)
	}
}
