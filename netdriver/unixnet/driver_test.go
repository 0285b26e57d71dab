//go:build unix && !aix

package unixnet_test

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/drivertest"
	"github.com/zreq-go/zreq/netdriver/unixnet"
)

// newPath returns a path for a socket. A folder of the test could be too long.
func newPath(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "unix")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return filepath.Join(dir, "s")
}

// A listener is a drivertest.Listener at a path.
type listener struct{ net.Listener }

func listen(t testing.TB, path string) listener {
	t.Helper()
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	return listener{l}
}

func (listener) Address() string { return "service:80" }

func (l listener) Accept() (drivertest.Peer, error) { return l.Listener.Accept() }

// full is the address of the server that accepts nothing.
const full = "full:80"

// A machine has two sockets: that of full, and one for every other address.
type machine struct{ full, other *unixnet.Driver }

func (m *machine) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	if address == full {
		return m.full.Dial(ctx, network, address)
	}
	return m.other.Dial(ctx, network, address)
}

func TestDriver(t *testing.T) {
	path, silent := newPath(t), newPath(t)
	capabilities := drivertest.Capabilities{
		Listen:        func(t testing.TB) drivertest.Listener { return listen(t, path) },
		RefusesAtOnce: true,
		Check:         true,
		HalfClose:     true,
		NoReset:       true,
	}
	if runtime.GOOS == "linux" { // others refuse where the queue is full
		fill(t, silent)
		capabilities.Silent = func(testing.TB) string { return full }
	}
	drivertest.Run(t, &machine{unixnet.New(silent), unixnet.New(path)}, capabilities)
}

// fill makes a server at path that has no room for another connection. It has when accept
// has returned.
func fill(t *testing.T, path string) (accept func()) {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(fd) })
	if err := errors.Join(syscall.Bind(fd, &syscall.SockaddrUnix{Name: path}), syscall.Listen(fd, 0)); err != nil {
		t.Fatal(err)
	}
	for {
		c, err := net.Dial("unix", path)
		if errors.Is(err, syscall.EAGAIN) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
	}
	return func() {
		c, _, err := syscall.Accept(fd)
		if err != nil {
			t.Error(err)
		}
		_ = syscall.Close(c)
	}
}

func TestDialFails(t *testing.T) {
	is := is.New(t)
	path := newPath(t)
	d := unixnet.New(path)
	_, err := d.Dial(t.Context(), "tcp", "service:80")
	is.True(errors.Is(err, fs.ErrNotExist)) // there is no socket yet

	_, err = d.Dial(t.Context(), "unix", "service:80")
	var unknown net.UnknownNetworkError
	is.True(errors.As(err, &unknown)) // calls are for tcp

	l := listen(t, path)
	defer l.Close()
	c, err := d.Dial(t.Context(), "tcp", "service:80")
	is.NoErr(err) // now there is one
	defer c.Close()
	unix, ok := c.(*unixnet.Conn).NetConn().(*net.UnixConn)
	is.True(ok) // the connection of package net can be had
	is.Equal(unix.RemoteAddr().String(), path)
}

// TestReset: a server that closes without having read all says so once.
func TestReset(t *testing.T) {
	is := is.New(t)
	path := newPath(t)
	l := listen(t, path)
	defer l.Close()
	c, err := unixnet.New(path).Dial(context.Background(), "tcp", "service:80")
	is.NoErr(err)
	defer c.Close()
	peer, err := l.Accept()
	is.NoErr(err)
	_, err = c.Write([]byte("unread"))
	is.NoErr(err)
	is.NoErr(peer.Close())
	for range 3 {
		_, err := c.Read(make([]byte, 1))
		is.True(errors.Is(err, syscall.ECONNRESET)) // which no Read forgets
		is.True(errors.Is(c.(netdriver.Checker).Check(), syscall.ECONNRESET))
	}
}
