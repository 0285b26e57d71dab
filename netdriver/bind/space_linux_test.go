package bind_test

import (
	"context"
	"net"
	"os"
	"runtime"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// A space is a second network namespace in this process: that of one thread. A
// socket stays in the namespace where it was made.
type space struct {
	thread int
	calls  chan func()
}

func newSpace(t *testing.T) (*space, error) {
	t.Helper()
	s := &space{calls: make(chan func())}
	made, ended := make(chan error), make(chan struct{})
	go func() {
		defer close(ended)
		runtime.LockOSThread() // and never unlock: the thread ends with this goroutine
		s.thread = unix.Gettid()
		made <- unix.Unshare(unix.CLONE_NEWNET)
		for f := range s.calls {
			f()
		}
	}()
	t.Cleanup(func() {
		close(s.calls)
		<-ended
	})
	return s, <-made
}

// do runs f in the namespace.
func (s *space) do(f func() error) error {
	done := make(chan error)
	s.calls <- func() { done <- f() }
	return <-done
}

// listen listens there, to what comes in by one interface, or by any if it is "".
func (s *space) listen(t *testing.T, address, device string) (l net.Listener) {
	t.Helper()
	must(t, s.do(func() (err error) {
		l, err = listenOn(device).Listen(context.Background(), "tcp", address)
		return err
	}))
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// listenPacket is listen for UDP.
func (s *space) listenPacket(t *testing.T, address, device string) (c net.PacketConn) {
	t.Helper()
	must(t, s.do(func() (err error) {
		c, err = listenOn(device).ListenPacket(context.Background(), "udp", address)
		return err
	}))
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func listenOn(device string) *net.ListenConfig {
	return &net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		var bound error
		err := c.Control(func(fd uintptr) {
			bound = unix.SetsockoptString(int(fd), unix.SOL_SOCKET, unix.SO_BINDTODEVICE, device)
		})
		if err != nil {
			return err
		}
		return os.NewSyscallError("setsockopt", bound)
	}}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
