//go:build unix && !aix

package socket_test

import (
	"bytes"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/drivertest"
	"github.com/zreq-go/zreq/netdriver/internal/socket"
)

func TestFeature(t *testing.T) {
	t.Run("A22", func(t *testing.T) {
		t.Run("short writes are completed", completesWrites)
		t.Run("calls beside signals are retried", func(t *testing.T) {
			defer interrupt(t)()
			completesWrites(t)
			checksThrough(t)
		})
		t.Run("interrupted calls are retried", interrupted)
	})
}

// completesWrites sends through socket buffers so small that the system takes
// a large write in many pieces.
func completesWrites(t *testing.T) {
	t.Helper()
	is := is.New(t)
	c, peer := connect(t, drivertest.TCP(t))
	is.NoErr(c.(*socket.Conn).NetConn().(*net.TCPConn).SetWriteBuffer(2048))
	sent := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	got := make(chan []byte)
	go func() {
		all, _ := io.ReadAll(peer)
		got <- all
	}()
	n, err := c.Write(sent)
	is.NoErr(err)
	is.Equal(n, len(sent)) // one Write sends it all
	is.NoErr(c.Close())
	is.True(bytes.Equal(<-got, sent)) // and all of it arrives
}

// checksThrough looks at a silent connection many times.
func checksThrough(t *testing.T) {
	t.Helper()
	is := is.New(t)
	c, _ := connect(t, drivertest.TCP(t))
	for range 10_000 {
		is.NoErr(c.(netdriver.Checker).Check()) // an interrupted look is no death
	}
}

// interrupt sends this process signals until stop is called.
func interrupt(t *testing.T) (stop func()) {
	t.Helper()
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, syscall.SIGUSR1)
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-done:
				return
			default:
				_ = syscall.Kill(os.Getpid(), syscall.SIGUSR1)
			}
		}
	}()
	return func() {
		close(done)
		<-ended
		signal.Stop(caught)
	}
}
