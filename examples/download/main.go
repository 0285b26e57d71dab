// Download streams a firmware image into a file, in constant memory, and verifies its
// digest. The file stands for the flash of a device.
//
//	go run ./examples/download
//	go run ./examples/download -url https://example.org/image -sha256 <hex> -o image.bin
//
// Without -url it starts a server inside the program. It asks that server for the
// manifest of the image before and after the download, all on one connection. It makes one
// attempt: examples/ota goes on after a cut.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/zreq-go/zreq/examples/internal/server"
	_ "github.com/zreq-go/zreq/netdriver/std" // TCP, TLS and JSON
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "download:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("download", flag.ContinueOnError)
	url := flags.String("url", "", "where the image is; without it, on a server inside the program")
	path := flags.String("o", "", "file to write; without it, a temporary one that is removed at the end")
	chunk := flags.Int("chunk", 4096, "bytes per call of the callback")
	want := flags.String("sha256", "", "what the image must hash to, in hex; without it, what the manifest says")
	quiet := flags.Bool("quiet", false, "print errors only")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *chunk < 1 {
		return errors.New("-chunk must be at least 1")
	}
	if *quiet {
		out = io.Discard
	}
	if *path == "" {
		dir, err := os.MkdirTemp("", "zreq-download-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		*path = filepath.Join(dir, "flash.bin")
	}
	j := job{url: *url, path: *path, chunk: *chunk, want: strings.ToLower(*want), out: out}
	if j.url == "" {
		srv, err := server.Start()
		if err != nil {
			return err
		}
		defer srv.Close()
		j.url, j.manifest = srv.URL()+"/image", srv.URL()+"/manifest.json"
	}
	return j.run(ctx)
}
