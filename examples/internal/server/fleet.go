package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// Fleet is three devices that are polled at /status, each a server of its own. One
// always answers; one drops a connection instead of the third answer on it; and one is
// busy now and then, and says with a 503 when to come back.
type Fleet struct {
	devices []*device
}

// device is one server of a Fleet.
type device struct {
	http http.Server
	url  string
	done chan struct{} // closed when serving has ended
}

// StartFleet listens on three free ports of the loopback and serves until Close.
func StartFleet() (*Fleet, error) {
	f := new(Fleet)
	for _, manner := range []func(http.ResponseWriter, int64, *int){steady, dropping, busy} {
		if err := f.start(manner); err != nil {
			return nil, errors.Join(err, f.Close())
		}
	}
	return f, nil
}

// askedKey is where a request finds how many came before it on its connection.
type askedKey struct{}

func (f *Fleet) start(manner func(w http.ResponseWriter, all int64, here *int)) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	d := &device{url: "http://" + listener.Addr().String(), done: make(chan struct{})}
	var asked atomic.Int64
	d.http = http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			manner(w, asked.Add(1), r.Context().Value(askedKey{}).(*int))
		}),
		ConnContext: func(ctx context.Context, _ net.Conn) context.Context {
			return context.WithValue(ctx, askedKey{}, new(int))
		},
		ReadHeaderTimeout: 10 * time.Second,
	}
	f.devices = append(f.devices, d)
	go func() {
		defer close(d.done)
		_ = d.http.Serve(listener) // ends with ErrServerClosed
	}()
	return nil
}

// Close ends the servers and their connections.
func (f *Fleet) Close() error {
	var errs []error
	for _, d := range f.devices {
		errs = append(errs, d.http.Close())
		<-d.done
	}
	return errors.Join(errs...)
}

// URLs returns where the devices are, the steady one first, the busy one last,
// without a slash at the end.
func (f *Fleet) URLs() (urls []string) {
	for _, d := range f.devices {
		urls = append(urls, d.url)
	}
	return urls
}

func steady(w http.ResponseWriter, all int64, _ *int) { tell(w, "steady", all) }

func dropping(w http.ResponseWriter, all int64, here *int) {
	if *here++; *here == 3 {
		panic(http.ErrAbortHandler) // net/http closes the connection
	}
	tell(w, "dropping", all)
}

func busy(w http.ResponseWriter, all int64, _ *int) {
	if all%16 == 5 {
		w.Header().Set("Retry-After", "1")
		http.Error(w, "busy", http.StatusServiceUnavailable)
		return
	}
	tell(w, "busy", all)
}

func tell(w http.ResponseWriter, name string, all int64) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = fmt.Fprintf(w, `{"name":%q,"asked":%d}`, name, all)
}
