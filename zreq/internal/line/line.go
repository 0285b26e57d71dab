// Package line keeps a connection to one origin: it dials, dials again in the same place
// when the connection has died, lets one call at a time use it, and gives each wait its
// deadline. It is the only room that reads the clock.
//
// A [Line] is the place that a call claims and that outlives its connections. A [Socket] is one
// connection of it with the deadline that was last set. A [Meter] has the limits of one body and
// measures how it moves. A [Route] says where a Line leads.
//
// It knows neither what is sent nor who shares connections. Of HTTP it keeps what is known
// about a peer, but not how that was learnt.
package line

import (
	"errors"
	"sync"
	"sync/atomic"

	"github.com/zreq-go/zreq/netdriver"
)

var (
	// ErrBusy means that another call is using the line.
	ErrBusy = errors.New("connection is in use by another call")
	// ErrClosed means that the owner has closed the line.
	ErrClosed = errors.New("closed by its owner")
	// ErrExpired means that the connection was idle for longer than the peer keeps it.
	ErrExpired = errors.New("it was idle for as long as the Keep-Alive of the server allows")
)

// A Line leads to one origin. It is idle, being dialled, or in use by one call. Close may be
// called at any time from any goroutine. The zero Line has no Route and cannot be dialled.
type Line struct {
	*Route

	// What is known of the peer. These fields belong to the call that has the claim.
	Path       *netdriver.Path // of the last dial; nil if the driver told nothing
	HTTP10     bool            // the peer speaks HTTP/1.0
	NoContinue bool            // it ignores Expect

	busy   atomic.Bool            // a call has the claim
	closed atomic.Bool            // for good
	socket atomic.Pointer[Socket] // nil: not dialled, or gone

	mu         sync.Mutex // guards what follows
	dials      int32
	cancelDial func() // ends a dial that is under way
}

// Claim takes the line for one call.
func (l *Line) Claim() error {
	switch {
	case l.Closed():
		return ErrClosed
	case !l.busy.CompareAndSwap(false, true):
		return ErrBusy
	}
	return nil
}

// Release ends the claim, and closes the socket unless it is to be kept. The line can be claimed
// again.
func (l *Line) Release(keep bool) {
	if !keep {
		l.Drop()
	}
	l.busy.Store(false)
}

// Alive returns the socket if it can carry a request: it is open, and the peer has sent nothing
// unasked. Otherwise it returns the reason, or a nil error if there is no socket.
func (l *Line) Alive() (*Socket, error) {
	s := l.socket.Load()
	switch {
	case s == nil:
		return nil, nil
	case s.keepAlive.expired():
		return nil, ErrExpired
	}
	if err := s.Look(); err != nil {
		return nil, err
	}
	return s, nil
}

// Drop closes the socket, if there is one. The line stays usable: the next call dials.
func (l *Line) Drop() {
	if s := l.socket.Swap(nil); s != nil {
		_ = s.conn.Close()
	}
}

// Close closes the line for good. A call that is using it fails with ErrClosed. A dial that
// begins at the same time first publishes its cancelDial or its socket and then reads closed,
// and Close does the opposite, so at least one of them sees the other.
func (l *Line) Close() {
	l.closed.Store(true)
	l.mu.Lock()
	cancelDial := l.cancelDial
	l.mu.Unlock()
	if cancelDial != nil {
		cancelDial()
	}
	l.Drop()
}

// Closed reports whether the owner has closed the line.
func (l *Line) Closed() bool { return l.closed.Load() }

// Dials returns how often the line was dialled.
func (l *Line) Dials() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return int(l.dials)
}

// Carried returns how many requests the socket has carried, and whether there is one.
func (l *Line) Carried() (requests int, open bool) {
	if s := l.socket.Load(); s != nil {
		return s.requests, true
	}
	return 0, false
}
