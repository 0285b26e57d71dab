// Upload sends a file in constant memory, and verifies that it arrived. The file stands
// for a recording on an SD card.
//
//	go run ./examples/upload
//	go run ./examples/upload -url https://example.org/recordings/42 -file recording.ts -type video/mp2t
//	go run ./examples/upload -url https://example.org/recordings -file recording.ts -field file
//
// Without -url it starts a server inside the program, and sends the file to it twice on
// one connection: as the body of a PUT and in a form. Before that it reads the file once
// for its SHA-256.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"

	_ "github.com/zreq-go/zreq/netdriver/std" // TCP, TLS and JSON
	"github.com/zreq-go/zreq/upload"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "upload:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("upload", flag.ContinueOnError)
	url := flags.String("url", "", "where to send it; without it, to a server inside the program, also in a form")
	path := flags.String("file", "", "file to send; without it, a temporary one of 8 MiB that is removed at the end")
	method := flags.String("method", "PUT", "PUT or POST, of the upload that is no form")
	mediatype := flags.String("type", "", "MIME type of the file; without it, application/octet-stream")
	field := flags.String("field", "", "send it in this field of a form, by POST; without a -url, \"file\"")
	perSecond := flags.Int64("rate", 0, "bytes per second, at most; 0 for no bound")
	quiet := flags.Bool("quiet", false, "print errors only")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *perSecond < 0 {
		return errors.New("-rate must be at least 0")
	}
	if *quiet {
		out = io.Discard
	}
	if *path == "" {
		card, err := os.MkdirTemp("", "zreq-upload-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(card)
		*path = filepath.Join(card, "recording.bin")
		if err := record(*path); err != nil {
			return err
		}
	}
	file, err := upload.Open(*path)
	if err != nil {
		return err
	}
	defer file.Close()
	sum, err := digest(file)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "file        %d bytes, SHA-256 %s\n", file.Size(), sum)
	j := job{
		file: file, name: filepath.Base(*path), sha256: sum, mediatype: *mediatype, perSecond: *perSecond, out: out,
	}
	defer func() { j.conn.Close() }()
	switch {
	case *url == "":
		err = j.both(ctx, *method, cmp.Or(*field, "file"))
	case *field != "":
		err = j.sendForm(ctx, *url, *field)
	default:
		err = j.send(ctx, *method, *url)
	}
	if err == nil {
		fmt.Fprintf(out, "peak heap   %d KiB: all objects of this program\n", j.heap.Peak()>>10)
	}
	return err
}
