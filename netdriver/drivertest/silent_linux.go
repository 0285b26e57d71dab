package drivertest

import (
	"net"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// SilentTCP is a Silent for drivers that reach the loopback interface: a port
// whose queue is full, so that the system leaves a SYN unanswered.
func SilentTCP(t testing.TB) string {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(fd) })
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	address := "127.0.0.1:" + strconv.Itoa(name.(*syscall.SockaddrInet4).Port)
	silent := 0
	for range 16 {
		c, err := net.DialTimeout("tcp", address, 100*time.Millisecond)
		if err == nil {
			silent = 0
			t.Cleanup(func() { _ = c.Close() })
			continue
		}
		if silent++; silent == 2 { // once may be a machine that stalls
			return address
		}
	}
	t.Skip("this system answers although the queue is full")
	return ""
}
