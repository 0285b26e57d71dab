package server

import (
	"context"
	"errors"
	"sync"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/stdnet"
)

// ErrCut is the error of a dial over an Uplink that was cut.
var ErrCut = errors.New("the uplink is cut")

// Uplink is a link to the loopback that can be cut, as a driver. It does not tell of that:
// its dials fail, and its connections break.
type Uplink struct {
	tcp stdnet.Driver

	mu   sync.Mutex
	cut  bool
	open []netdriver.Conn
}

// Dial connects to address, unless the Uplink was cut.
func (u *Uplink) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := u.tcp.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.cut {
		_ = c.Close()
		return nil, ErrCut
	}
	u.open = append(u.open, c)
	return c, nil
}

// Cut breaks all connections and makes further dials fail.
func (u *Uplink) Cut() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.cut = true
	for _, c := range u.open {
		_ = c.Close() // its owner closes it again, which does nothing
	}
}
