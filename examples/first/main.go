// First fetches a URL and prints what came back.
//
//	go run ./examples/first https://example.org/
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"

	_ "github.com/zreq-go/zreq/netdriver/std" // TCP, TLS and JSON
	"github.com/zreq-go/zreq/zreq"
)

func main() {
	flag.Parse()
	if err := fetch(context.Background(), flag.Arg(0), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func fetch(ctx context.Context, url string, out io.Writer) error {
	resp, err := zreq.Get(ctx, url, nil)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, resp.Status, resp.Header("Content-Type"))
	_, err = resp.WriteTo(out)
	return err
}
