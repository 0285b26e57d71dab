package netdev

import "sync"

// A socket is closed at once, even if calls are still inside the device on it. Devices use
// socket numbers again at once as well, and a call that is still inside, or about to enter,
// must not reach the next connection. So the number of such a socket is held until the last
// call has returned.

// numbers are those of closed sockets on which calls are still inside the device.
type numbers struct {
	mu   sync.Mutex
	held map[int]hold
}

// hold is a number that is held.
type hold struct {
	calls int
	kept  bool // the device has given it to another socket, which is kept unused
}

// hold records the calls inside on fd, which is about to be closed.
func (all *numbers) hold(fd, calls int) {
	if calls == 0 {
		return
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	if all.held == nil {
		all.held = make(map[int]hold)
	}
	h := all.held[fd]
	h.calls += calls
	all.held[fd] = h
}

// release records that one of them has returned. It reports whether that was the last one
// and the socket that was kept has to be closed.
func (all *numbers) release(fd int) (kept bool) {
	all.mu.Lock()
	defer all.mu.Unlock()
	h := all.held[fd]
	if h.calls--; h.calls > 0 {
		all.held[fd] = h
		return false
	}
	delete(all.held, fd)
	return h.kept
}

// look returns the hold on fd, if there is one. If kept, a new socket with that number is
// kept from then on.
func (all *numbers) look(fd int, kept bool) (h hold, held bool) {
	all.mu.Lock()
	defer all.mu.Unlock()
	h, held = all.held[fd]
	if held && kept {
		all.held[fd] = hold{h.calls, true}
	}
	return h, held
}
