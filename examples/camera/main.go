// Camera reads a stream of JPEG pictures and shows how many arrive in a second.
//
//	go run ./examples/camera                                    # from a camera inside the program
//	go run ./examples/camera -url http://camera.example/stream -frames 100
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"image/jpeg"
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

func main() {
	url := flag.String("url", "", "URL of a multipart/x-mixed-replace stream; without it, a camera inside the program")
	frames := flag.Int("frames", 150, "number of pictures after which to stop")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, *url, *frames); err != nil {
		fmt.Fprintln(os.Stderr, "camera:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, url string, frames int) error {
	if url == "" {
		camera, err := startCamera()
		if err != nil {
			return err
		}
		defer camera.close()
		url = camera.url
	}
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

// meter counts pictures, and prints a line for each second of them.
type meter struct {
	out    io.Writer
	began  time.Time
	frames int
	bytes  int
	second int // the last one that was printed
	shown  int // the pictures that were printed
}

func (m *meter) frame(picture []byte) error {
	size, err := jpeg.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		return err
	}
	if m.frames++; m.frames == 1 {
		fmt.Fprintf(m.out, "pictures of %d × %d\n", size.Width, size.Height)
	}
	m.bytes += len(picture)
	if second := int(time.Since(m.began).Seconds()); second > m.second {
		fmt.Fprintf(m.out, "%d frames/s\n", (m.frames-m.shown)/(second-m.second))
		m.second, m.shown = second, m.frames
	}
	return nil
}

func (m *meter) end() {
	took := time.Since(m.began)
	fmt.Fprintf(m.out, "%d pictures, %d KiB, %.0f frames/s\n", m.frames, m.bytes>>10, float64(m.frames)/took.Seconds())
}
