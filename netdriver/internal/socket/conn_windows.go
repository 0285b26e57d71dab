//go:build !tinygo

package socket

import (
	"os"
	"syscall"
	"time"
)

const (
	maxSend     = 64 << 10
	minSendWait = time.Millisecond
	maxSendWait = 10 * time.Millisecond
)

// write sends what the system takes at once and counts it exactly. While the system
// takes nothing, write sleeps, because no call of package syscall waits for room in a
// socket. The Write of package net would not do: it cancels a send whose deadline has
// passed, and Windows does not say how much of a cancelled send has left. The rest could
// not be sent later, as a netdriver.Checker promises.
func (c *Conn) write(p []byte) (sent int, err error) {
	l, wait := &c.look, minSendWait
	for {
		left, limited := l.left()
		if limited && left <= 0 {
			return sent, c.opError("write", os.ErrDeadlineExceeded)
		}
		if sent == len(p) {
			return sent, nil
		}
		n, err := l.do(p[sent:min(len(p), sent+maxSend)])
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
			return sent, c.opError("write", callError("wsasend", err))
		}
	}
}

// callError names the call of err, unless that says that the connection was closed.
func callError(call string, err error) error {
	if _, ok := err.(syscall.Errno); ok {
		return os.NewSyscallError(call, err)
	}
	return err
}

// since is the time from which write deadlines are counted. It has a monotonic clock.
var since = time.Now()

// left returns how long write may still wait, and whether there is a deadline.
func (l *look) left() (left time.Duration, limited bool) {
	until := l.until.Load()
	return time.Duration(until) - time.Since(since), until != 0
}

// writeBy sets the deadline of write.
func (l *look) writeBy(t time.Time) {
	if t.IsZero() {
		l.until.Store(0)
		return
	}
	l.until.Store(max(1, int64(t.Sub(since))))
}
