// First fetches a URL and prints what came back.
//
//	go run ./examples/first https://example.org/
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"

	_ "github.com/zreq-go/zreq/netdriver/std" // TCP, TLS and JSON
	"github.com/zreq-go/zreq/zreq"
)

func main() {
	flag.Parse()
	if err := fetch(context.Background(), flag.Arg(0), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func fetch(ctx context.Context, url string, out io.Writer) error {
	resp, err := zreq.Get(ctx, url, &zreq.Args{Stream: true}) // without Stream, a body is read into memory, up to 1 MiB
	if err != nil {
		return err
	}
	defer resp.Close()
	fmt.Fprintln(out, resp.Status, resp.Header("Content-Type"))
	_, err = resp.WriteTo(out)
	return err
}
