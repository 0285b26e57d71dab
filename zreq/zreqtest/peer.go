package zreqtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
)

var _ netdriver.Driver = (*Peer)(nil)

// A Peer is a scripted server, and the driver that dials it at every address.
type Peer struct {
	t        testing.TB
	net      *memnet.Net
	listener *memnet.Listener
	scripts  [][]Step
	closing  chan struct{}
	dialling chan struct{} // holds one token, for one dial at a time

	mu        sync.Mutex
	players   []*player // one for each script that was dialled; nil if that failed
	addresses []string
	requests  []string
	failures  []string // kept only without a t
	closed    bool
}

// NewPeer returns a Peer whose i-th dialled connection plays the i-th script. Further
// dials are refused. After the last step a connection stays open and silent until the
// client closes it.
//
// The Peer ends with the test. It fails the test if an Expect was not met, if it cannot
// find the end of a request, or if one of its goroutines does not end. In an Example, t
// may be nil. The caller then calls Close, which panics where a test would fail.
func NewPeer(t testing.TB, conns ...[]Step) *Peer {
	p := &Peer{t: t, net: memnet.New(), scripts: conns, closing: make(chan struct{}), dialling: make(chan struct{}, 1)}
	p.listener, _ = p.net.Listen("") // the first listener of a network
	if t != nil {
		t.Helper()
		t.Cleanup(p.Close)
	}
	return p
}

// Net returns the network that the Peer uses, so that its fields can be set before the
// first dial.
func (p *Peer) Net() *memnet.Net { return p.net }

// Dial connects to the next script.
func (p *Peer) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := p.connect(ctx, network, address)
	if err == errNoAnswer {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-p.closing:
			return nil, memnet.ErrRefused
		}
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

// connect dials. It does not hold p.mu, because the OnDial of the network may call
// methods of p.
func (p *Peer) connect(ctx context.Context, network, address string) (*memnet.Conn, error) {
	p.note(address)
	select { // in turn, so that the connection accepted is the one dialled
	case p.dialling <- struct{}{}:
		defer func() { <-p.dialling }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := p.next(); err != nil {
		return nil, err
	}
	c, err := p.net.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	client := c.(*memnet.Conn)
	ours, err := p.listener.Accept()
	if err != nil {
		_ = client.Close()
		return nil, err
	}
	return p.start(ours, client)
}

func (p *Peer) note(address string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.addresses = append(p.addresses, address)
}

// next returns why the next dial does not connect, or nil.
func (p *Peer) next() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := len(p.players)
	if p.closed || i == len(p.scripts) {
		return memnet.ErrRefused
	}
	steps := p.scripts[i]
	if len(steps) == 0 || steps[0].dial == connects {
		return nil
	}
	p.players = append(p.players, nil)
	if steps[0].dial == unanswered {
		return errNoAnswer
	}
	return memnet.ErrRefused
}

// start plays the next script, unless the Peer has ended since next.
func (p *Peer) start(ours, client *memnet.Conn) (*memnet.Conn, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		_ = ours.Close()
		_ = client.Close()
		return nil, memnet.ErrRefused
	}
	p.players = append(p.players, play(p, len(p.players), ours, client))
	return client, nil
}

var errNoAnswer = errors.New("no answer")

// Dials returns how often Dial was called, with success or without.
func (p *Peer) Dials() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.addresses)
}

// Open returns how many connections the client has not closed.
func (p *Peer) Open() int { return p.net.Open() }

// Addresses returns the addresses that were dialled, in order.
func (p *Peer) Addresses() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.addresses)
}

// Requests returns every request that arrived completely, byte for byte and in order.
func (p *Peer) Requests() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.requests)
}

func (p *Peer) record(request string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests = append(p.requests, request)
}

// Wait returns when every dialled connection has played its last step or was closed by
// the client.
func (p *Peer) Wait() {
	for _, player := range p.dialled() {
		<-player.played
	}
}

func (p *Peer) dialled() []*player {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(p.players), func(pl *player) bool { return pl == nil })
}

// Close ends the Peer, as the end of the test does. Closing it twice does nothing.
func (p *Peer) Close() {
	if !p.shut() {
		return
	}
	over := make(chan struct{})
	limit := time.AfterFunc(5*time.Second, func() { close(over) })
	defer limit.Stop()
	for _, player := range p.dialled() {
		_ = player.conn.Close()
		select {
		case <-player.ended:
		case <-over: // for all of them
			p.fail("connection %d: its goroutine does not end", player.index)
		}
	}
	for i := p.used(); i < len(p.scripts); i++ {
		p.unmet(i, p.scripts[i], "was never dialled")
	}
	if len(p.failures) > 0 {
		panic("zreqtest: " + p.failures[0])
	}
}

// used returns how many scripts were dialled.
func (p *Peer) used() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.players)
}

func (p *Peer) shut() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.closed = true
	close(p.closing)
	_ = p.listener.Close()
	return true
}

// unmet fails the test if one of steps is an Expect. They were not played.
func (p *Peer) unmet(index int, steps []Step, why string) {
	for _, s := range steps {
		if s.expect {
			p.fail("connection %d %s; the script expects a request that begins with %q", index, why, s.want)
			return
		}
	}
}

func (p *Peer) fail(format string, args ...any) {
	if p.t != nil {
		p.t.Errorf("zreqtest: "+format, args...)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failures = append(p.failures, fmt.Sprintf(format, args...))
}
