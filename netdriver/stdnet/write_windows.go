//go:build !tinygo

package stdnet

import (
	"errors"
	"net"
	"os"
	"syscall"
	"time"
)

const (
	maxSend     = 64 << 10
	minSendWait = time.Millisecond
	maxSendWait = 10 * time.Millisecond
)

// write sends what the system takes at once, which it counts exactly, and sleeps while
// it takes nothing. Package net would cancel a send whose deadline has passed, and
// Windows does not say how much of a cancelled one has left: the rest could not be sent
// later, as a netdriver.Checker promises. No call of package syscall waits for room in
// a socket.
func (c *Conn) write(p []byte) (sent int, err error) {
	wait := minSendWait
	for {
		left, limited := c.look.left()
		if limited && left <= 0 {
			return sent, c.writeError(os.ErrDeadlineExceeded)
		}
		if sent == len(p) {
			return sent, nil
		}
		n, err := c.look.do(p[sent:min(len(p), sent+maxSend)])
		sent += n
		switch {
		case err == nil && sent == len(p):
			return sent, nil
		case err == nil:
			wait = minSendWait
		case err == wsaEWouldBlock:
			if limited {
				wait = min(wait, left)
			}
			time.Sleep(wait)
			wait = min(2*wait, maxSendWait)
		default:
			return sent, c.writeError(err)
		}
	}
}

func (c *Conn) writeError(err error) error {
	var number syscall.Errno
	if errors.As(err, &number) {
		err = os.NewSyscallError("wsasend", err)
	}
	return &net.OpError{Op: "write", Net: "tcp", Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: err}
}

// since is when the deadlines of writes are counted from, by a clock that does not jump.
var since = time.Now()

// left returns for how long Write may still wait, and whether there is a deadline.
func (l *look) left() (left time.Duration, limited bool) {
	until := l.until.Load()
	return time.Duration(until) - time.Since(since), until != 0
}

func (l *look) writeBy(t time.Time) {
	if t.IsZero() {
		l.until.Store(0)
		return
	}
	l.until.Store(max(1, int64(t.Sub(since))))
}

// SetWriteDeadline sets the time after which Write fails.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	c.look.writeBy(t)
	return c.TCPConn.SetWriteDeadline(t)
}
