package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
	"github.com/zreq-go/zreq/zreq"
)

// An origin is a server on three sockets: TCP, TLS and a Unix socket.
type origin struct {
	server                         http.Server
	serving                        sync.WaitGroup
	plain, secure                  string // addresses
	recording, authority, unixPath string // files
}

// startOrigin serves until close. Its files are in dir.
func startOrigin(dir string) (_ *origin, err error) {
	o := &origin{
		recording: filepath.Join(dir, "recording"),
		authority: filepath.Join(dir, "ca.pem"),
		unixPath:  filepath.Join(dir, "socket"),
	}
	o.server.Handler = routes()
	defer func() {
		if err != nil {
			o.close()
		}
	}()
	ca, err := tlstest.NewAuthority()
	if err != nil {
		return nil, err
	}
	config, err := ca.Server("127.0.0.1")
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(o.authority, ca.PEM(), 0o600); err != nil {
		return nil, err
	}
	for _, on := range []struct{ network, address string }{
		{"tcp", "127.0.0.1:0"}, {"tls", "127.0.0.1:0"}, {"unix", o.unixPath},
	} {
		if err := o.serve(on.network, on.address, config); err != nil {
			return nil, err
		}
	}
	return o, nil
}

func (o *origin) serve(network, address string, config *tls.Config) error {
	secure := network == "tls"
	if secure {
		network = "tcp"
	}
	l, err := net.Listen(network, address)
	if err != nil {
		return err
	}
	switch {
	case secure:
		o.secure = l.Addr().String()
		l = tls.NewListener(l, config)
	case network == "tcp":
		o.plain = l.Addr().String()
	}
	o.serving.Go(func() { _ = o.server.Serve(l) }) // ends with ErrServerClosed
	return nil
}

func (o *origin) close() {
	_ = o.server.Close()
	o.serving.Wait()
}

// make makes a call, and returns what came back on one line.
func (o *origin) make(ctx context.Context, c call) (back string, err error) {
	scheme, target, ok := strings.Cut(c.to, ":")
	if !ok {
		scheme, target = "http", c.to
	}
	var url, path string
	switch scheme {
	case "http":
		url, path = "http://"+o.plain+target, o.recording
		if err := os.WriteFile(path, []byte("what the camera saw"), 0o600); err != nil {
			return "", err
		}
	case "https":
		url, path = "https://"+o.secure+target, o.authority
	case "unix":
		url, path = "http://docker"+target, o.unixPath
	case "proxy":
		url, path = "http://device.test"+target, o.plain
	default:
		return "", fmt.Errorf("%s: no such place", c.to)
	}
	return show(c.ours(ctx, url, path)), nil
}

// kind is the part of an error that is the same in every run.
func kind(err error) string {
	for _, known := range []error{zreq.ErrTooLarge, zreq.ErrOutOfRetries, context.DeadlineExceeded} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return err.Error()
}
