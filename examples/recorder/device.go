package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/upload/spool"
	"github.com/zreq-go/zreq/zreq"
)

const (
	every        = 5 * time.Millisecond // between two segments
	segmentBytes = 20 << 10
	numberField  = "X-Segment"
)

// device records and sends. All its segments have the same name, as a device without a clock
// may have it: the spool numbers them.
type device struct {
	card    string
	out     io.Writer // a line for each segment: its number and its digest
	spool   *spool.Spool
	session zreq.Session
}

func newDevice(url, card string, out io.Writer) (*device, error) {
	d := &device{card: card, out: out}
	var err error
	d.spool, err = spool.Open(filepath.Join(card, "spool"), &spool.Args{
		URL: func(f spool.File, args *upload.Args) string {
			args.Headers = append(args.Headers, [2]string{numberField, fmt.Sprint(f.Number)})
			return url
		},
		Upload: upload.Args{Session: &d.session, ContentType: "video/mp2t"},
		Wait:   20 * time.Millisecond, MaxWait: 100 * time.Millisecond, // a real device has more patience
	})
	return d, err
}

func (d *device) close() {
	_ = d.spool.Close()
	_ = d.session.Close()
}

// run records until in ends, and sends meanwhile. Then it sends what is left.
func (d *device) run(ctx context.Context, in io.Reader) error {
	recording, stop := context.WithCancel(ctx)
	defer stop()
	var failed error
	var both sync.WaitGroup
	both.Go(func() {
		failed = d.record(recording)
		stop()
	})
	go func() {
		_, _ = io.Copy(io.Discard, in)
		stop()
	}()
	err := d.spool.Run(recording)
	ended := recording.Err() != nil
	stop()
	both.Wait()
	switch {
	case failed != nil:
		return failed
	case !ended:
		return err // that of Run, which nobody has stopped
	}
	return d.spool.Drain(ctx)
}

// record adds a segment every few milliseconds until ctx ends. One that was recorded and not
// added when the power failed is added first.
func (d *device) record(ctx context.Context) error {
	part, segment := filepath.Join(d.card, "segment.part"), filepath.Join(d.card, "segment.ts")
	if _, err := os.Stat(segment); err == nil {
		if err := d.add(segment); err != nil {
			return err
		}
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := write(part, picture()); err != nil {
			return err
		}
		if err := os.Rename(part, segment); err != nil { // now it is whole
			return err
		}
		if err := d.add(segment); err != nil {
			return err
		}
	}
	return nil
}

// write writes a file that is whole after a power cut as well, once it has another name.
func write(path, content string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = f.WriteString(content)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// add adds a segment, and says which number it has.
func (d *device) add(segment string) error {
	content, err := os.ReadFile(segment)
	if err != nil {
		return err
	}
	f, err := d.spool.Add(segment)
	if err == nil {
		_, err = fmt.Fprintf(d.out, "%d %x\n", f.Number, sha256.Sum256(content))
	}
	return err
}

// picture is what the camera sees: often the same.
func picture() string {
	return strings.Repeat(string(rune('a'+rand.IntN(3))), segmentBytes)
}
