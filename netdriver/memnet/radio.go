package memnet

import (
	"context"
	"sync"

	"github.com/zreq-go/zreq/netdriver"
)

var (
	_ netdriver.Driver  = (*Radio)(nil)
	_ netdriver.Starter = (*Radio)(nil)
	_ netdriver.Linker  = (*Radio)(nil)
)

// A Radio is a Net that must be started before it dials, and whose link can go down.
type Radio struct {
	*Net

	mu      sync.Mutex
	started bool
	link    netdriver.Link
}

// NewStopped returns a Radio that is not started. Its link comes up with Start.
func NewStopped() *Radio {
	return &Radio{Net: New(), link: netdriver.Link{Up: true, Interface: "mem0"}}
}

// Start lets the Radio dial.
func (r *Radio) Start(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.started = true
	return nil
}

// Stop makes dials fail with netdriver.ErrNotStarted, and open connections with ErrReset.
func (r *Radio) Stop() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.started = false
	r.breakAll()
	return nil
}

// SetLink sets what Link returns while the Radio is started.
func (r *Radio) SetLink(link netdriver.Link) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.link = link
}

// Link returns the state of the link, which is down until Start.
func (r *Radio) Link() netdriver.Link {
	r.mu.Lock()
	defer r.mu.Unlock()
	link := r.link
	link.Up = link.Up && r.started
	return link
}

// Dial is like that of Net. It fails with netdriver.ErrNotStarted if the Radio is not
// started, and with ErrUnreachable if the link is down.
func (r *Radio) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	if err := r.ready(); err != nil {
		return nil, err
	}
	return r.Net.Dial(ctx, network, address)
}

func (r *Radio) ready() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case !r.started:
		return netdriver.ErrNotStarted
	case !r.link.Up:
		return ErrUnreachable
	}
	return nil
}
