//go:build unix

package unixnet_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"

	"github.com/zreq-go/zreq/form"
	_ "github.com/zreq-go/zreq/form/stdjson"
	"github.com/zreq-go/zreq/netdriver/unixnet"
	"github.com/zreq-go/zreq/zreq"
)

// The containers of a Docker engine. One that is embedded stands for it here.
func Example() {
	socket, stop := engine()
	defer stop()

	docker := zreq.Session{Driver: unixnet.New(socket)} // on a gateway: unixnet.New("/run/docker.sock")
	defer docker.Close()
	resp, err := docker.Get(context.Background(), "http://docker/containers/json", &zreq.Args{
		Params: form.Values{{"all", "true"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	var containers []struct {
		Image string
		State string
	}
	if err := resp.JSON(&containers); err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range containers {
		fmt.Println(c.Image, "is", c.State)
	}
	// Output:
	// mosquitto:2 is running
	// updater:1.4 is exited
}

// engine starts a server that lists containers as the Docker engine does, on a socket.
func engine() (socket string, stop func()) {
	dir, err := os.MkdirTemp("", "engine")
	if err != nil {
		panic(err)
	}
	socket = filepath.Join(dir, "docker.sock")
	l, err := net.Listen("unix", socket)
	if err != nil {
		panic(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != "docker" || r.URL.String() != "/containers/json?all=true" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `[{"Id":"8dfafdbc3a40","Image":"mosquitto:2","State":"running"},
			{"Id":"4cb07b47f9fb","Image":"updater:1.4","State":"exited"}]`)
	})}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(l)
	}()
	return socket, func() {
		_ = server.Close()
		<-served
		_ = os.RemoveAll(dir)
	}
}
