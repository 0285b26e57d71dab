package jobs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/client"
	"github.com/zreq-go/zreq/benchmarks/client/raw"
	"github.com/zreq-go/zreq/benchmarks/client/trust"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

const (
	durableSize  = 64 << 20
	durableLeast = 1 << 20  // what a download job syncs first,
	durableMost  = 16 << 20 // and at most at once; between them as much again as there is
	durableNote  = 300      // bytes of a checkpoint
)

// Durable are downloads that survive a power cut at any moment: download.ToFile beside loops
// that sync the file, and replace a small file beside it, exactly as often. Each dials, as a
// program does that downloads once a day. Where a file system in memory is at hand, the disk
// is left out as well: a sync takes no time there, and what is left is the work of the client.
func Durable(w *World) (cases []bench.Case) {
	size := min(w.Stream, durableSize)
	sum := sha256.Sum256(bytes.Repeat([]byte("0123456789abcdef"), int(size/16)))
	for _, place := range []struct{ name, dir string }{{"synced", w.Dir}, {"synced, in memory", "/dev/shm"}} {
		if _, err := os.Stat(place.dir); err != nil {
			continue
		}
		d := durable{Task: w.plain(fmt.Sprintf("/bytes/%d", size), size), dir: place.dir}
		cases = append(cases, d.of(place.name, "raw splice"))
		d.sum = sum[:]
		cases = append(cases, d.of(place.name+", SHA-256", "raw"))
	}
	return cases
}

// durable is what is to be done, in a folder of its own.
type durable struct {
	client.Task
	dir string
	sum []byte // nil if nobody wants to know
}

// of is a case of both ways, in folders in that of d.
func (d durable) of(name, limit string) bench.Case {
	by := func(name string, way func(durable) func() error) bench.Maker {
		return bench.Maker{Name: name, Make: func() (_ bench.Client, err error) {
			d := d
			d.dir, err = os.MkdirTemp(d.dir, "zreq-durable-")
			d.File = d.path("file")
			return bench.Client{Do: bench.Repeat(way(d)), Close: func() error { return os.RemoveAll(d.dir) }}, err
		}}
	}
	return bench.Case{Group: "durable download", Name: name, Bytes: d.Length, Clients: []bench.Maker{
		by(limit, durable.byHand), by("zreq", durable.byJob),
	}}
}

func (d durable) byJob() func() error {
	args := &download.Args{Want: download.Want{SHA256: d.sum}, Call: zreq.Args{Driver: new(stdnet.Driver)}}
	return func() error {
		if _, err := download.ToFile(context.Background(), d.URL(), d.File, args); err != nil {
			return err
		}
		return d.Check(d.File)
	}
}

// byHand moves the body in parts that are synced, each followed by a note, and makes the
// syncs of a job before and behind them, too.
func (d durable) byHand() func() error {
	var file *os.File
	h, request, dial := sha256.New(), raw.Request(&d.Task), trust.Dialer(d.Task)
	c := raw.NewConn(0, 2*raw.Default, func(p []byte) error {
		h.Write(p)
		_, err := file.Write(p)
		return err
	})
	return func() (err error) {
		if err := errors.Join(d.note(), d.note()); err != nil {
			return err
		}
		if c.Conn, err = dial(); err != nil {
			return err
		}
		defer c.Close()
		if _, _, err := c.Ask(request); err != nil {
			return err
		}
		if file, err = os.Create(d.path("part")); err != nil {
			return err
		}
		defer file.Close()
		h.Reset()
		err = reserve(file, d.Length) // as a job does
		for done, part := int64(0), int64(0); done < d.Length && err == nil; done += part {
			part = min(d.Length-done, durableMost, max(durableLeast, done))
			if d.sum != nil {
				err = c.Pass(part)
			} else {
				err = c.Splice(file, part)
			}
			err = errors.Join(err, file.Sync(), d.note())
		}
		if err == nil && d.sum != nil && !bytes.Equal(h.Sum(nil), d.sum) {
			err = errors.New("another digest")
		}
		if err != nil {
			return err
		}
		return errors.Join(os.Rename(d.path("part"), d.File), d.sync(), os.Remove(d.path("state")), d.sync(), d.Check(d.File))
	}
}

func (d durable) path(name string) string { return filepath.Join(d.dir, name) }

// note replaces a small file, durably.
func (d durable) note() error {
	f, err := os.Create(d.path("next"))
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, durableNote))
	return errors.Join(err, f.Sync(), f.Close(), os.Rename(d.path("next"), d.path("state")), d.sync())
}

// sync syncs the folder.
func (d durable) sync() error {
	f, err := os.Open(d.dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
