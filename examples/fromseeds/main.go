// Fromseeds makes calls as other HTTP clients make them, each in zreq, and prints what
// came back. The README in the folder above shows the calls side by side.
//
//	go run ./examples/fromseeds
package main

import (
	"context"
	"fmt"
	"io"
	"os"

	_ "github.com/zreq-go/zreq/netdriver/std" // TCP, TLS and JSON
	"github.com/zreq-go/zreq/zreq"
)

// A seed is another client, with calls of its documentation.
type seed struct {
	name  string
	calls []call
}

// A call is one line of a seed, and the same in zreq.
type call struct {
	theirs string // their line
	to     string // the path it goes to, with a scheme if that is not http
	back   string // what comes back
	// ours is the same in zreq. path is a file to send or to replace, the certificate of
	// an authority for https, the socket for unix, or the address of a proxy.
	ours func(ctx context.Context, url, path string) (any, error)
}

var seeds = []seed{zerynth, mrequests, circuitpython, openmv, arequests, requests, curl, nethttp}

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "fromseeds:", err)
		os.Exit(1)
	}
}

// run makes all calls and prints a table of them. A call that brings anything else than
// it should is an error.
func run(ctx context.Context, out io.Writer) error {
	dir, err := os.MkdirTemp("", "fromseeds-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	at, err := startOrigin(dir)
	if err != nil {
		return err
	}
	defer at.close()
	for _, s := range seeds {
		fmt.Fprintf(out, "\n%s\n", s.name)
		for _, c := range s.calls {
			back, err := at.make(ctx, c)
			if err != nil {
				return err
			}
			fmt.Fprintf(out, "  %-66s  %s\n", c.theirs, back)
			if back != c.back {
				return fmt.Errorf("expected %q", c.back)
			}
		}
	}
	return nil
}

// show puts what came back on one line.
func show(back any, err error) string {
	if err != nil {
		return "error: " + kind(err)
	}
	r, ok := back.(*zreq.Response)
	if !ok {
		return fmt.Sprint(back)
	}
	text, err := r.Text()
	if err != nil {
		return "error: " + kind(err)
	}
	return fmt.Sprintf("%d %s", r.Status, text)
}
