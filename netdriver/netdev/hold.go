package netdev

import (
	"context"
	"time"
)

// A socket is closed at once, whatever is inside the device on it. Devices use
// their numbers again at once too, and a call that is still inside, or about to
// enter, must not reach the next connection. So the number of such a socket is
// held until the last call is out.

// hold is one such number.
type hold struct {
	calls int
	kept  bool // the device gave it again: a socket that nobody uses
}

// hold notes the calls inside on fd, which is about to be closed.
func (d *Driver) hold(fd, calls int) {
	if calls == 0 {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.held == nil {
		d.held = make(map[int]hold)
	}
	h := d.held[fd]
	h.calls += calls
	d.held[fd] = h
}

// release notes that one of them is out. The last closes what was kept, in a
// goroutine: it is a Read or a Write, which have nothing to do with that.
func (d *Driver) release(fd int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	h := d.held[fd]
	if h.calls--; h.calls > 0 {
		d.held[fd] = h
		return
	}
	delete(d.held, fd)
	if h.kept {
		go d.dev.Close(fd)
	}
}

// claim reports whether the new socket fd may be used. It waits a little for
// the calls inside on an earlier one. If they stay, fd is kept open, so that the
// device gives another number: not connected, it can do no harm.
func (d *Driver) claim(ctx context.Context, fd int) (bool, error) {
	for until := time.Now().Add(patience); ; time.Sleep(pause) {
		waited := ctx.Err() != nil || isPast(until, time.Now())
		d.mu.Lock()
		h, held := d.held[fd]
		if held && waited && !h.kept {
			d.held[fd] = hold{h.calls, true}
		}
		d.mu.Unlock()
		switch {
		case !held:
			return true, nil
		case h.kept: // and given once more
			return false, ErrStuck
		case waited:
			return false, nil
		}
	}
}

// socket makes a socket on which nothing is inside.
func (d *Driver) socket(ctx context.Context, protocol int) (int, error) {
	for ctx.Err() == nil {
		fd, err := d.dev.Socket(afInet, sockStream, protocol)
		if err == nil && fd < 0 {
			err = errSocket
		}
		if err != nil {
			return 0, &opError{"socket", err}
		}
		if ok, err := d.claim(ctx, fd); ok || err != nil {
			return fd, err
		}
	}
	return 0, context.Cause(ctx)
}
