package upload_test

import (
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
)

// TestHeadLimitOverASlowLink: the system takes the last bytes long before the
// server can have them.
func TestHeadLimitOverASlowLink(t *testing.T) {
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
	const size = 300_000
	served := make(chan struct{})
	go func() {
		defer close(served)
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		_ = c.(*net.TCPConn).SetReadBuffer(32 << 10)
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
		Driver: new(stdnet.Driver), Timeouts: zreq.Timeouts{Head: 500 * time.Millisecond},
	})
	is.NoErr(err) // the limit does not begin before the bytes have left
	_ = l.Close()
	<-served
}
