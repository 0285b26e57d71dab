// Ota downloads a firmware image, completely or not at all, over whatever links there are.
//
//	go run ./examples/ota
//	go run ./examples/ota -url https://updates.example/firmware.bin -sha256 <hex>
//	go run ./examples/ota -h
//
// Without arguments it starts servers inside the program that fail in different ways, and
// shows in a table what became of the image, and how many bytes the server counted.
//
// With -url it is a tool. Run it again after a failure, and it goes on where it has stopped.
// Its exit code says what kind of failure it was.
package main

// The picture in the README.
//go:generate sh -c "go run . | go run ../internal/terminal go run ./examples/ota > ota.svg"

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/zreq-go/zreq/examples/internal/trials"
	_ "github.com/zreq-go/zreq/netdriver/std" // TCP, TLS and JSON
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "ota:", err)
	}
	os.Exit(exitCode(err))
}

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 {
		_, err := trials.Demonstrate(ctx, out)
		return err
	}
	o, err := parse(args, out)
	if err != nil {
		return err
	}
	return fetch(ctx, o, out)
}
