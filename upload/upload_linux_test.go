package upload_test

import (
	"context"
	"errors"
	"io"
	"net"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// TestFileThatLies: a file of /proc says that it is empty, and is not. Sent as
// what it says, nothing of it would be.
func TestFileThatLies(t *testing.T) {
	is := is.New(t)
	peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request()})
	_, err := upload.Upload(context.Background(), site, opened(t, "/proc/self/status"), &upload.Args{Driver: peer})
	var other *upload.SizeError
	is.True(errors.As(err, &other))
	is.Equal(*other, upload.SizeError{Said: 0, Now: 1}) // there is at least a byte
	peer.Wait()
	is.Equal(len(peer.Requests()), 0) // no empty request arrived
}

// TestOpenDoesNotWait: to open a pipe that nobody writes would block for ever.
func TestOpenDoesNotWait(t *testing.T) {
	is := is.New(t)
	name := filepath.Join(t.TempDir(), "pipe")
	is.NoErr(syscall.Mkfifo(name, 0o600))
	_, err := upload.Open(name)
	is.True(errors.Is(err, upload.ErrNoSize))
}

// TestHeadLimitOverASlowLink: the system takes the last bytes long before the
// server can have them. All takes six seconds, three times the limit. What is in
// the server's buffer when the last byte is acknowledged takes a fifth of the limit.
func TestHeadLimitOverASlowLink(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	segments := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) (err error) {
		_ = c.Control(func(fd uintptr) { // those of an Ethernet, or the loopback stalls with so small a buffer
			err = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_MAXSEG, 1400)
		})
		return err
	}}
	l, err := segments.Listen(t.Context(), "tcp", "127.0.0.1:0")
	is.NoErr(err)
	defer l.Close()
	const size = 200_000
	served := make(chan struct{})
	go func() {
		defer close(served)
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		_ = c.(*net.TCPConn).SetReadBuffer(8 << 10)
		buffer := make([]byte, 10_000)
		for left := size; left > 0; time.Sleep(100 * time.Millisecond) { // 100 KB a second
			n, err := io.ReadFull(c, buffer[:min(left, len(buffer))])
			if left -= n; err != nil {
				return
			}
		}
		_, _ = io.WriteString(c, created)
		_, _ = io.Copy(io.Discard, c)
	}()
	_, err = upload.Upload(t.Context(), "http://"+l.Addr().String()+"/", source(t, numbered(size)), &upload.Args{
		Driver: new(stdnet.Driver), Timeouts: zreq.Timeouts{Head: time.Second},
	})
	is.NoErr(err) // the limit does not begin before the bytes have left
	_ = l.Close()
	<-served
}
