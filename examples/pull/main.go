// Pull shows the ways to read a body after the head has arrived: as JSON, with Read, in
// chunks with a loop that may be left, and into a file that is replaced as a whole.
//
//	go run ./examples/pull
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/zreq-go/zreq/examples/internal/server"
	_ "github.com/zreq-go/zreq/netdriver/std" // TCP, TLS and JSON
	"github.com/zreq-go/zreq/zreq"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "pull:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	srv, err := server.Start()
	if err != nil {
		return err
	}
	defer srv.Close()
	dir, err := os.MkdirTemp("", "zreq-pull-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)

	conn, err := zreq.Connect(ctx, srv.URL(), nil)
	if err != nil {
		return err
	}
	defer conn.Close()
	p := puller{conn: conn, origin: srv.URL(), path: filepath.Join(dir, "image.bin")}
	fmt.Fprintln(out, "way          bytes  dials  what came of it")
	for _, way := range []struct {
		name string
		take func(*zreq.Response) (bytes int64, remark string, err error)
		from string
	}{
		{"JSON", p.json, "/manifest.json"},
		{"Read", p.read, "/image"},
		{"SaveFile", p.save, "/image"},
		{"Chunks", p.chunks, "/image"},
		{"Text", p.text, "/manifest.json"},
	} {
		resp, err := p.get(ctx, way.from)
		if err != nil {
			return err
		}
		n, remark, err := way.take(resp)
		if err != nil {
			return fmt.Errorf("%s: %w", way.name, err)
		}
		fmt.Fprintf(out, "%-8s %9d  %5d  %s\n", way.name, n, conn.Dials(), remark)
	}
	return nil
}
