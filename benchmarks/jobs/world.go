// Package jobs has the cases that zreq and its peers are measured by: a table of clients and
// tasks, and what is no request of one client to the origin, such as parsers, downloads that
// survive a power cut, and a link that breaks.
//
// To add a case, say by World.plain what is asked for, and by World.of who does it, as Files
// does, and add it to what a function of All returns: that is three lines.
//
// To add a peer, write its package beside client/nethttp, give it a name in the table of
// NewClient, and name it in the cases that it is for.
package jobs

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/dsnet/try"

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
	bench.Plan
	Origin *origin.Origin
	Dir    string // for files
}

// In starts a server, and makes a folder that is removed in the end.
func In(plan bench.Plan, do func(*World)) {
	server := origin.Start(0)
	defer server.Stop()
	dir := try.E1(os.MkdirTemp("", "zreq-benchmarks-"))
	defer os.RemoveAll(dir)
	do(&World{plan, server, dir})
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
			c.Clients = append(c.Clients, bench.Maker{Name: name, Make: func() bench.Client { return w.make(name, t) }})
		}
	}
	return c
}

// wide is in the name of a client that reads with a buffer of that size.
const wide = ", 64 KiB"

// make makes a client of a task by its name.
func (w *World) make(name string, t client.Task) bench.Client {
	switch {
	case t.Put:
		write(t.File, t.Length)
	case t.Chunk == 0:
		t.File = filepath.Join(w.Dir, "download."+strings.NewReplacer("/", "", " ", "").Replace(name))
	}
	name, found := strings.CutSuffix(name, wide)
	if found {
		t.Buffer = 64 << 10
	}
	if name == "curl" {
		return curl.New(t)
	}
	c := NewClient(name, t)
	if t.Conns <= 1 {
		return bench.Client{Do: bench.Repeat(c.Worker()), Close: c.Close}
	}
	all := workers(c, callers)
	return bench.Client{Close: c.Close, Do: func(n int) {
		together(all, func(i int) { bench.Repeat(all[i])((n + len(all) - 1 - i) / len(all)) })
	}}
}

// NewClient returns the client with a name.
func NewClient(name string, t client.Task) client.Client { return clients[name](t) }

// clients are all that do tasks, but for curl. What is behind a comma is said of the client, as
// "64 KiB" is, which World.make takes off.
var clients = map[string]func(client.Task) client.Client{
	"raw":                raw.New(trust.Dialer),
	"raw splice":         raw.New(trust.Dialer),
	"raw sendfile":       raw.New(trust.Dialer),
	"zreq":               ours(zreq.Config{}),
	"zreq Session":       ours(zreq.Config{Session: true}),
	"zreq to os.File":    ours(zreq.Config{OSFile: true}),
	"zreq, without Into": ours(zreq.Config{Anew: true}),
	"zreq, cancellable":  ours(zreq.Config{Cancel: true}),
	"net/http":           nethttp.New,
	"fasthttp":           fasthttp.New,
	"resty":              resty.New,
	"grab":               grab.New,
}

func ours(config zreq.Config) func(client.Task) client.Client {
	return func(t client.Task) client.Client {
		config := config
		if secure := trust.Config(&t); secure != nil {
			config.TLS = tlsnet.New(&tlsnet.Config{RootCAs: secure.RootCAs})
		}
		return zreq.New(t, config)
	}
}

// workers are those of a client for as many goroutines.
func workers(c client.Client, goroutines int) []func() {
	all := make([]func(), goroutines)
	for i := range all {
		all[i] = c.Worker()
	}
	return all
}

// together has each of them work on a goroutine of its own, and waits for all.
func together(all []func(), work func(i int)) {
	errs := make([]error, len(all))
	var group sync.WaitGroup
	for i := range all {
		group.Go(func() {
			defer try.Handle(&errs[i])
			work(i)
		})
	}
	group.Wait()
	try.E(errors.Join(errs...))
}

// write makes the file of an upload, once for all cases: it stays, for Dir is the World's.
func write(path string, size int64) {
	if info, err := os.Stat(path); err == nil && info.Size() == size {
		return
	}
	try.E(os.WriteFile(path, bytes.Repeat([]byte("0123456789abcdef"), int(size/16)), 0o600))
}
