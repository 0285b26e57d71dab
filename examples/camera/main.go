// Camera reads a stream of JPEG pictures and shows how many arrive in a second. If none
// arrives for a while, it ends with an error.
//
//	go run ./examples/camera                                    # from a camera inside the program
//	go run ./examples/camera -url http://camera.example/stream -frames 100
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	_ "github.com/zreq-go/zreq/netdriver/std" // TCP, TLS and JSON
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/multipart"
)

// largest is the largest picture in bytes. It is all the memory that the stream takes,
// beside the buffers of zreq.
const largest = 256 << 10

var errHangs = errors.New("the camera hangs")

func main() {
	url := flag.String("url", "", "URL of a multipart/x-mixed-replace stream; without it, a camera inside the program")
	frames := flag.Int("frames", 150, "number of pictures after which to stop")
	patience := flag.Duration("patience", 5*time.Second, "how long the camera may send no picture, whatever else it sends")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, *url, *frames, *patience); err != nil {
		fmt.Fprintln(os.Stderr, "camera:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, url string, frames int, patience time.Duration) error {
	if url == "" {
		camera, err := startCamera()
		if err != nil {
			return err
		}
		defer camera.close()
		url = camera.url
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watchdog := time.AfterFunc(patience, func() { cancel(errHangs) })
	defer watchdog.Stop()
	resp, err := zreq.Get(ctx, url, &zreq.Args{Stream: true})
	if err != nil {
		return err
	}
	defer resp.Close() // a stream has no end, so it is left
	stream, err := multipart.NewReader(resp, resp.Header("Content-Type"), nil)
	if err != nil {
		return err
	}
	picture := make([]byte, largest)
	show := meter{out: out, began: time.Now()}
	for frame, err := range stream.Parts() {
		if err != nil {
			return err
		}
		n, err := frame.ReadInto(picture)
		if err != nil {
			return err
		}
		watchdog.Reset(patience)
		if err := show.frame(picture[:n]); err != nil {
			return fmt.Errorf("picture %d: %w", frame.Index(), err)
		}
		if frame.Index() == frames-1 {
			break
		}
	}
	show.end()
	return nil
}
