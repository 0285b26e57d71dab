// Recorder records a segment every few milliseconds and sends it, while the server goes away
// twice and the power of the device fails once. Everything arrives, in order, and what
// arrives twice is known by its key.
//
//	go run ./examples/recorder
//	go run ./examples/recorder -url https://example.org/recordings -card /media/card
//
// Without -url it starts a server inside the program, and the device as a process of its own
// that is killed. A table shows what each of them has counted.
//
// With -url it is the device. It records until its input ends, sends what is left, and ends.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	_ "github.com/zreq-go/zreq/netdriver/std" // TCP, TLS and JSON
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "recorder:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	flags := flag.NewFlagSet("recorder", flag.ContinueOnError)
	url := flags.String("url", "", "where to send segments, by POST; without it, to a server inside the program")
	card := flags.String("card", "", "folder for the segments and their spool")
	if err := flags.Parse(args); err != nil {
		return err
	}
	switch {
	case *url == "":
		_, err := demonstrate(ctx, out)
		return err
	case *card == "":
		return errors.New("-url needs -card")
	}
	d, err := newDevice(*url, *card, out)
	if err != nil {
		return err
	}
	defer d.close()
	return d.run(ctx, in)
}
