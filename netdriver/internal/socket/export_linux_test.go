package socket

import (
	"os"
	"syscall"
	"testing"
)

// Blame says whose err is, after a sendfile of f.
func Blame(f *os.File, err error) error {
	s := &sendfile{in: int(f.Fd())}
	return s.blame(err)
}

// Interrupt has every second system call of this package interrupted, the first one
// included, until the test ends. It returns how many were.
func Interrupt(t *testing.T) (count *int) {
	t.Helper()
	recv, send, read, move := recvfrom, callSendfile, callPread, callSplice
	t.Cleanup(func() { recvfrom, callSendfile, callPread, callSplice = recv, send, read, move })
	calls, count := 0, new(int)
	again := func() bool {
		calls++
		if calls%2 == 0 {
			return true
		}
		*count++
		return false
	}
	recvfrom = func(fd int, p []byte, flags int) (int, syscall.Sockaddr, error) {
		if again() {
			return recv(fd, p, flags)
		}
		return -1, nil, syscall.EINTR
	}
	callSendfile = func(out, in int, offset *int64, n int) (int, error) {
		if again() {
			return send(out, in, offset, n)
		}
		return -1, syscall.EINTR
	}
	callPread = func(fd int, p []byte, offset int64) (int, error) {
		if again() {
			return read(fd, p, offset)
		}
		return -1, syscall.EINTR
	}
	callSplice = interruptible(move, again)
	return count
}

// interruptible is generic, because what splice returns is as wide as a register.
func interruptible[N int | int64](call func(int, *int64, int, *int64, int, int) (N, error), again func() bool) func(int, *int64, int, *int64, int, int) (N, error) {
	return func(r int, roff *int64, w int, woff *int64, n, flags int) (N, error) {
		if again() {
			return call(r, roff, w, woff, n, flags)
		}
		return -1, syscall.EINTR
	}
}
