package jobs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/dsnet/try"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/client"
	"github.com/zreq-go/zreq/benchmarks/client/raw"
	"github.com/zreq-go/zreq/benchmarks/client/trust"
	"github.com/zreq-go/zreq/internal/osfs"
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
	by := func(name string, way func(durable) func()) bench.Maker {
		return bench.Maker{Name: name, Make: func() bench.Client {
			d := d
			d.dir = try.E1(os.MkdirTemp(d.dir, "zreq-durable-"))
			d.File = filepath.Join(d.dir, "file")
			return bench.Client{Do: bench.Repeat(way(d)), Close: func() { try.E(os.RemoveAll(d.dir)) }}
		}}
	}
	return bench.Case{Group: "durable download", Name: name, Bytes: d.Length, Clients: []bench.Maker{
		by(limit, durable.byHand), by("zreq", durable.byJob),
	}}
}

func (d durable) byJob() func() {
	args := &download.Args{Want: download.Want{SHA256: d.sum}, Call: zreq.Args{Driver: new(stdnet.Driver)}}
	return func() {
		try.E1(download.ToFile(context.Background(), d.URL(), d.File, args))
		d.Check(d.File)
	}
}

// byHand moves the body in parts that are synced, each followed by a note, and makes the
// syncs of a job before and behind them, too.
func (d durable) byHand() func() {
	var file *os.File
	h, request, dial := sha256.New(), raw.Request(&d.Task), trust.Dialer(d.Task)
	c := raw.NewConn(0, 2*raw.Default, func(p []byte) error {
		h.Write(p)
		_, err := file.Write(p)
		return err
	})
	return func() {
		home := try.E1(osfs.Open(d.dir))
		defer home.Close()
		note(home)
		note(home)
		c.Conn = dial()
		defer c.Close()
		c.Ask(request)
		file = try.E1(home.Create("part"))
		defer file.Close()
		h.Reset()
		try.E(reserve(file, d.Length)) // as a job does
		for done, part := int64(0), int64(0); done < d.Length; done += part {
			part = min(d.Length-done, durableMost, max(durableLeast, done))
			if d.sum != nil {
				c.Pass(part)
			} else {
				c.Splice(file, part)
			}
			try.E(file.Sync())
			note(home)
		}
		if d.sum != nil && !bytes.Equal(h.Sum(nil), d.sum) {
			try.E(errors.New("another digest"))
		}
		try.E(home.Rename("part", "file"))
		try.E(home.Sync("."))
		try.E(home.Remove("state"))
		try.E(home.Sync("."))
		d.Check(d.File)
	}
}

// note replaces a small file, durably.
func note(home *osfs.Folder) {
	f := try.E1(home.Create("next"))
	defer f.Close()
	try.E1(f.Write(make([]byte, durableNote)))
	try.E(f.Sync())
	try.E(home.Rename("next", "state"))
	try.E(home.Sync("."))
}
