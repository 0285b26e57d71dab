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
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"time"

	"github.com/zreq-go/zreq/examples/internal/recording"
	_ "github.com/zreq-go/zreq/netdriver/std" // TCP, TLS and JSON
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/upload/spool"
	"github.com/zreq-go/zreq/zreq"
)

func main() {
	url := flag.String("url", "", "where to send segments, by POST; without it, to a server inside the program")
	card := flag.String("card", ".", "folder for the segments and their spool")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	if *url == "" {
		_, err = recording.Demonstrate(ctx, os.Stdout)
	} else {
		err = run(ctx, *url, *card, os.Stdin, os.Stdout)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// run records until in ends, and sends meanwhile. Then it sends what is left.
func run(ctx context.Context, url, card string, in io.Reader, out io.Writer) error {
	session := &zreq.Session{}
	defer session.Close()
	s, err := spool.Open(filepath.Join(card, "spool"), &spool.Args{
		URL: func(f spool.File, args *upload.Args) string {
			args.Headers = append(args.Headers, [2]string{recording.NumberField, fmt.Sprint(f.Number)})
			return url
		},
		Upload: upload.Args{Session: session, ContentType: "video/mp2t"},
		Wait:   20 * time.Millisecond, MaxWait: 100 * time.Millisecond, // a real device has more patience
	})
	if err != nil {
		return err
	}
	defer s.Close()
	live, stop := context.WithCancelCause(ctx)
	go func() {
		_, _ = io.Copy(io.Discard, in)
		stop(io.EOF)
	}()
	var recorder sync.WaitGroup
	recorder.Go(func() { stop(record(live, s, card, out)) })
	stop(s.Run(live)) // an error that lasts ends the recording
	recorder.Wait()
	if err := context.Cause(live); err != io.EOF {
		return err
	}
	return s.Drain(ctx)
}
