package jobs

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/client"
	"github.com/zreq-go/zreq/benchmarks/client/curl"
	"github.com/zreq-go/zreq/benchmarks/client/fasthttp"
	"github.com/zreq-go/zreq/benchmarks/client/grab"
	"github.com/zreq-go/zreq/benchmarks/client/nethttp"
	"github.com/zreq-go/zreq/benchmarks/client/raw"
	"github.com/zreq-go/zreq/benchmarks/client/resty"
	"github.com/zreq-go/zreq/benchmarks/client/trust"
	"github.com/zreq-go/zreq/benchmarks/client/zreq"
	"github.com/zreq-go/zreq/benchmarks/origin"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
)

// World is what the jobs are done in.
type World struct {
	Origin *origin.Origin
	Dir    string // for files
	Stream int64  // how long a streamed body is: a multiple of 64 KiB
	Short  bool   // with less of what takes long
}

// In starts a server, and makes a folder that is removed in the end.
func In(stream int64, short bool, do func(*World) error) (err error) {
	server, err := origin.Start()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	dir, err := os.MkdirTemp("", "zreq-benchmarks-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	return do(&World{Origin: server, Dir: dir, Stream: stream, Short: short})
}

// All is every case, in the order of the report.
func All(w *World) []bench.Case {
	return slices.Concat(Gets(w), Streams(w), Files(w), Durable(w), Parallel(w), Links(w), Parsers())
}

// of is a case in which clients do a task. curl is left out where there is none.
func (w *World) of(group, name string, t client.Task, clients ...string) bench.Case {
	c := bench.Case{Group: group, Name: name}
	if t.Length > 16<<10 {
		c.Bytes = t.Length
	}
	for _, name := range clients {
		if name != "curl" || curl.Here() {
			c.Clients = append(c.Clients, bench.Maker{Name: name, Make: func() (bench.Client, error) { return w.make(name, t) }})
		}
	}
	return c
}

// wide is in the name of a client that reads with a buffer of that size.
const wide = ", 64 KiB"

// make makes a client of a task by its name.
func (w *World) make(name string, t client.Task) (bench.Client, error) {
	switch {
	case t.Put:
		if err := write(t.File, t.Length); err != nil {
			return bench.Client{}, err
		}
	case t.Chunk == 0:
		t.File = filepath.Join(w.Dir, "download."+strings.NewReplacer("/", "", " ", "").Replace(name))
	}
	name, found := strings.CutSuffix(name, wide)
	if found {
		t.Buffer = 64 << 10
	}
	if name == "curl" {
		do, least, close, err := curl.New(t)
		return bench.Client{Do: do, Least: least, Close: close}, err
	}
	if t.Conns <= 1 {
		return together(NewClient(name, t), 1)
	}
	return together(NewClient(name, t), callers)
}

// NewClient returns the client with a name.
func NewClient(name string, t client.Task) client.Client {
	makers := map[string]func(client.Task) client.Client{
		"net/http": nethttp.New, "fasthttp": fasthttp.New, "resty": resty.New, "grab": grab.New,
	}
	if by := makers[name]; by != nil {
		return by(t)
	}
	if strings.HasPrefix(name, "raw") {
		return raw.New(t, trust.Dialer(t))
	}
	config := zreq.Config{
		Session: name == "zreq Session", OSFile: name == "zreq to os.File", Anew: name == "zreq, without Into", Cancel: name == "zreq, cancellable",
	}
	if secure := trust.Config(&t); secure != nil {
		config.TLS = tlsnet.New(&tlsnet.Config{RootCAs: secure.RootCAs})
	}
	return zreq.New(t, config)
}

// together makes requests on goroutines that are started anew each time; one needs none.
func together(c client.Client, goroutines int) (bench.Client, error) {
	workers, errs := make([]func() error, goroutines), make([]error, goroutines)
	for i := range workers {
		var err error
		if workers[i], err = c.Worker(); err != nil {
			return bench.Client{}, errors.Join(err, c.Close())
		}
	}
	if goroutines == 1 {
		return bench.Client{Do: bench.Repeat(workers[0]), Close: c.Close}, nil
	}
	return bench.Client{Close: c.Close, Do: func(n int) error {
		var all sync.WaitGroup
		for i, once := range workers {
			share := (n + goroutines - 1 - i) / goroutines
			all.Go(func() { errs[i] = bench.Repeat(once)(share) })
		}
		all.Wait()
		return errors.Join(errs...)
	}}, nil
}

// write makes the file of an upload, once for all cases: it stays, for Dir is the World's.
func write(path string, size int64) error {
	if info, err := os.Stat(path); err == nil && info.Size() == size {
		return nil
	}
	return os.WriteFile(path, bytes.Repeat([]byte("0123456789abcdef"), int(size/16)), 0o600)
}
