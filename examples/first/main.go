// First fetches a URL and prints what came back.
//
//	go run ./examples/first https://example.org/
package main

import (
	"context"
	"fmt"
	"io"
	"os"

	_ "github.com/zreq-go/zreq/netdriver/std" // TCP, TLS and JSON
	"github.com/zreq-go/zreq/zreq"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: first URL")
	}
	resp, err := zreq.Get(ctx, args[0], nil)
	if err != nil {
		return err
	}
	text, err := resp.Text()
	if err != nil {
		return err
	}
	fmt.Fprintln(out, resp.Status, resp.Header("Content-Type"))
	fmt.Fprint(out, text)
	return nil
}
