package netdev

import (
	"context"
	"errors"
	"time"
)

// A socket is closed at once, even if calls are still inside the device on it. Devices use
// socket numbers again at once as well, and a call that is still inside, or about to enter,
// must not reach the next connection. So the number of such a socket is held until the last
// call has returned.

// hold is a number that is held.
type hold struct {
	calls int
	kept  bool // the device has given it to another socket, which is kept unused
}

// hold records the calls inside on fd, which is about to be closed.
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

// release records that one of them has returned. The last one closes the socket that was
// kept, in a goroutine, because the call is a Read or a Write of another connection.
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

// claim reports whether the new socket fd may be used. It waits a little for the calls
// inside on an earlier socket with that number. If they do not return, fd is kept open
// and unconnected, where it does no harm, so that the device gives another number.
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
		case h.kept: // the device has given it a second time
			return false, ErrStuck
		case waited:
			return false, nil
		}
	}
}

// socket creates a socket on whose number no call is inside.
func (d *Driver) socket(ctx context.Context, protocol int) (int, error) {
	for ctx.Err() == nil {
		fd, err := d.dev.Socket(afInet, sockStream, protocol)
		if err == nil && fd < 0 {
			err = errSocket
		}
		for _, full := range d.full {
			if errors.Is(err, full) {
				err = &noSocket{err}
			}
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
