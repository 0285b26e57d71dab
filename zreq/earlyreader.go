package zreq

import (
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/wire"
)

// earlyBytes is how much an earlyReader reads: some informational responses, and the
// beginning of the final one.
const earlyBytes = 1 << 10

// An earlyReader reads the beginning of an answer while a write blocks, on a driver
// without a Checker, whose writes cannot be cut to look up. A timer starts it, so that
// nothing runs unless a write blocks for longer than sliceWait. It ends the write if
// the final answer has begun, or the connection has ended.
type earlyReader struct {
	conn  netdriver.Conn
	timer *time.Timer
	begun bool          // the timer was set, and what it started has not been taken over
	done  chan struct{} // has a token when read has returned

	buf [earlyBytes]byte // what follows is read's until then
	n   int
	err error
}

// begin is called before a write.
func (r *earlyReader) begin() {
	if r.begun {
		return // it reads already
	}
	r.begun, r.n, r.err = true, 0, nil
	if r.timer == nil {
		r.timer = afterFunc(sliceWait, r.read)
		return
	}
	r.timer.Reset(sliceWait)
}

func (r *earlyReader) read() {
	for r.err == nil && r.n < len(r.buf) && !r.final() {
		var n int
		n, r.err = readSome(r.conn, r.buf[r.n:])
		r.n += n
	}
	if r.final() || r.err != nil && !isTimeout(r.err) {
		_ = r.conn.SetDeadline(past)
	}
	r.done <- struct{}{}
}

// final reports whether the final answer, or what is no answer at all, has begun.
func (r *earlyReader) final() bool {
	const statusBytes = len("HTTP/1.1 200")
	var dec wire.Decoder
	dec.Reset("", wire.Limits{})
	for p := r.buf[:r.n]; len(p) >= statusBytes; {
		if p[statusBytes-3] != '1' {
			return true
		}
		ev, used, err := dec.Next(p)
		if err != nil || ev.Kind == wire.NeedMore {
			return err != nil
		}
		p = p[used:]
	}
	return false
}

// stop is called after a write and reports whether there is something to take over. If
// wait is false the reader, once it was started, may go on beside the next write.
func (r *earlyReader) stop(wait bool) bool {
	switch {
	case !r.begun:
		return false
	case r.timer.Stop():
		r.begun = false
		return false
	case wait:
		_ = r.conn.SetDeadline(past)
		<-r.done
	default:
		select {
		case <-r.done:
		default:
			return false
		}
	}
	r.begun = false
	return true
}

// readEarly is called before a write that may block.
func (x *exchange) readEarly() {
	if !hearsWhileWriting || x.sock.checker != nil || x.body.r == nil || x.sent == 0 || !x.in.empty() {
		return // in the last case what comes is the rest of something
	}
	if x.reader == nil {
		x.reader = &earlyReader{conn: x.sock.conn, done: make(chan struct{}, 1)}
	}
	x.reader.begin()
}

// takeEarly takes over what has come meanwhile. If wait is true, no read is under way
// after it.
func (x *exchange) takeEarly(wait bool) {
	r := x.reader
	if r == nil || !r.stop(wait) {
		return
	}
	x.sock.by = past // the deadlines may have been moved
	for p := r.buf[:r.n]; len(p) > 0; {
		n := copy(x.in.room(), p)
		x.in.w += n
		p = p[n:]
		x.heard = true
	}
	if r.err != nil && !isTimeout(r.err) {
		x.readErr = r.err
	}
}
