package stdnet_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/matryer/is"
	"golang.org/x/sys/unix"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/drivertest"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
)

// testDeadAfter is a proof of TestFeature/P39. What becomes of a link that drops packets is
// tested in netdriver/realtest.
func testDeadAfter(t *testing.T) {
	t.Run("options", socketOptions)
	t.Run("a window that stays shut", windowStaysShut)
	t.Run("a window that opens again", windowOpens)
	t.Run("a call", callOverDeadLink)
}

func socketOptions(t *testing.T) {
	l := drivertest.TCP(t)
	defer l.Close()
	const s = time.Second
	for name, tt := range map[string]struct {
		d                    stdnet.Driver
		dead                 int // in milliseconds
		probes, idle, repeat int // in seconds
	}{
		"default":                   {stdnet.Driver{}, 35000, 1, 19, 8},
		"short":                     {stdnet.Driver{DeadAfter: 3 * s}, 3000, 1, 1, 1},
		"shortest":                  {stdnet.Driver{DeadAfter: 1}, 1, 1, 1, 1},
		"long":                      {stdnet.Driver{DeadAfter: 10 * time.Minute}, 600000, 1, 300, 150},
		"too long":                  {stdnet.Driver{DeadAfter: 1000 * time.Hour}, 1<<31 - 1, 1, 32767, 32767},
		"silence":                   {stdnet.Driver{KeepAlive: -1}, 35000, 0, 0, 0},
		"probes of one's own":       {stdnet.Driver{KeepAlive: 60 * s}, 35000, 1, 60, 8},
		"the system's":              {stdnet.Driver{DeadAfter: -1}, 0, 1, 15, 15},
		"the system's, with probes": {stdnet.Driver{DeadAfter: -1, KeepAlive: 60 * s}, 0, 1, 60, 15},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			c, err := tt.d.Dial(t.Context(), "tcp", l.Address())
			is.NoErr(err)
			defer c.Close()
			raw, err := c.(*stdnet.Conn).SyscallConn()
			is.NoErr(err)
			option := func(level, name int) (value int) {
				is.NoErr(raw.Control(func(fd uintptr) { value, err = unix.GetsockoptInt(int(fd), level, name) }))
				is.NoErr(err)
				return value
			}
			is.Equal(option(unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT), tt.dead)
			is.Equal(option(unix.SOL_SOCKET, unix.SO_KEEPALIVE), tt.probes)
			if tt.probes != 0 {
				is.Equal(option(unix.IPPROTO_TCP, unix.TCP_KEEPIDLE), tt.idle)
				is.Equal(option(unix.IPPROTO_TCP, unix.TCP_KEEPINTVL), tt.repeat)
			}
		})
	}
}

// blocked returns a connection whose peer has stopped to read.
func blocked(t *testing.T, d *stdnet.Driver) (netdriver.Conn, drivertest.Peer) {
	t.Helper()
	l := drivertest.TCP(t)
	c, err := d.Dial(t.Context(), "tcp", l.Address())
	if err != nil {
		t.Fatal(err)
	}
	peer, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(); _ = peer.Close(); _ = l.Close() })
	for err == nil {
		_ = c.SetWriteDeadline(time.Now().Add(200 * time.Millisecond))
		_, err = c.Write(make([]byte, 64<<10))
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal(err)
	}
	_ = c.SetWriteDeadline(time.Now().Add(30 * time.Second))
	return c, peer
}

// windowStaysShut: the peer is there, and acknowledges everything.
func windowStaysShut(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	c, _ := blocked(t, &stdnet.Driver{DeadAfter: time.Second})
	_, err := c.Write(make([]byte, 64<<10))
	is.True(errors.Is(err, syscall.ETIMEDOUT)) // the link is dead
	is.True(!errors.Is(err, os.ErrDeadlineExceeded))
	_, err = c.Read(make([]byte, 1))
	is.True(errors.Is(err, syscall.ETIMEDOUT)) // which is no end of the stream
	is.True(errors.Is(c.(netdriver.Checker).Check(), syscall.ETIMEDOUT))
	var op *net.OpError
	is.True(errors.As(err, &op))
}

func windowOpens(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	c, peer := blocked(t, &stdnet.Driver{DeadAfter: 10 * time.Second})
	time.Sleep(time.Second) // five times as long as it takes the system to ask for the first time
	is.NoErr(c.(netdriver.Checker).Check())
	got := make(chan int64, 1)
	go func() {
		n, _ := io.Copy(io.Discard, peer)
		got <- n
	}()
	_, err := c.Write(make([]byte, 64<<10))
	is.NoErr(err) // the connection lives
	is.NoErr(c.Close())
	is.True(<-got > 64<<10)
}

func callOverDeadLink(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	l := drivertest.TCP(t)
	defer l.Close()
	_, err := zreq.Put(t.Context(), "http://"+l.Address()+"/", &zreq.Args{
		Driver:   &stdnet.Driver{DeadAfter: time.Second},
		Timeouts: zreq.Timeouts{Write: time.Minute},
		Body:     bytes.NewReader(make([]byte, 64<<20)),
	})
	is.True(errors.Is(err, syscall.ETIMEDOUT))          // the error of the system comes through
	is.True(!strings.Contains(err.Error(), "Timeouts")) // no limit of the call ended it
	is.True(zreq.Transient(err))
	var e *zreq.Error
	is.True(errors.As(err, &e))
	is.Equal(e.Phase, zreq.PhaseSend)
	is.True(e.Timeout())
}
