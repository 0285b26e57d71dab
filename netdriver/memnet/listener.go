package memnet

import "sync"

// A Listener accepts the connections that are dialled to one address.
type Listener struct {
	net     *Net
	address string

	// The rest is guarded by net.mu.
	came    sync.Cond
	waiting []*Conn // dialled and not yet accepted
	closed  bool
	silence chan struct{} // not nil while dials hang; closed when they may try again
}

// Listen starts to accept connections to address, which is "host:port" exactly as it is
// dialled. A listener at the empty address accepts connections to all addresses that have
// no listener of their own. If the address has a listener already, the error is ErrInUse.
func (n *Net) Listen(address string) (*Listener, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.listeners[address] != nil {
		return nil, ErrInUse
	}
	if n.listeners == nil {
		n.listeners = make(map[string]*Listener)
	}
	l := &Listener{net: n, address: address}
	l.came.L = &n.mu
	n.listeners[address] = l
	return l, nil
}

// Address returns the address that was passed to Listen.
func (l *Listener) Address() string { return l.address }

// Accept waits for the next connection. After Close it returns ErrClosed.
func (l *Listener) Accept() (*Conn, error) {
	l.net.mu.Lock()
	defer l.net.mu.Unlock()
	for len(l.waiting) == 0 {
		if l.closed {
			return nil, ErrClosed
		}
		l.came.Wait()
	}
	c := l.waiting[0]
	l.waiting[0] = nil
	l.waiting = l.waiting[1:]
	return c, nil
}

// SetSilent sets whether dials hang until their context ends, as they do when nothing
// answers at an address. SetSilent(false) lets hanging dials continue.
func (l *Listener) SetSilent(silent bool) {
	l.net.mu.Lock()
	defer l.net.mu.Unlock()
	switch {
	case !silent || l.closed:
		l.speak()
	case l.silence == nil:
		l.silence = make(chan struct{})
	}
}

func (l *Listener) speak() {
	if l.silence != nil {
		close(l.silence)
		l.silence = nil
	}
}

// Close stops listening. Connections that were not accepted are reset, and hanging dials
// are refused.
func (l *Listener) Close() error {
	for _, c := range l.stop() {
		c.Reset()
	}
	return nil
}

func (l *Listener) stop() []*Conn {
	l.net.mu.Lock()
	defer l.net.mu.Unlock()
	if l.closed {
		return nil
	}
	l.closed = true
	delete(l.net.listeners, l.address)
	l.speak()
	l.came.Broadcast()
	waiting := l.waiting
	l.waiting = nil
	return waiting
}
