package zreq_test

import (
	"context"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
)

// slowCloser is a driver that counts its sockets by address; Close of one to slow
// takes until gate is open.
type slowCloser struct {
	*memnet.Net
	slow   string
	closes *gate
	mu     sync.Mutex
	open   map[string]int
	most   map[string]int
}

func (d *slowCloser) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := d.Net.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open[address]++
	d.most[address] = max(d.most[address], d.open[address])
	return &slowClosed{Conn: c, of: d, address: address}, nil
}

type slowClosed struct {
	netdriver.Conn
	of      *slowCloser
	address string
	once    sync.Once
}

func (c *slowClosed) Check() error { return c.Conn.(netdriver.Checker).Check() }

func (c *slowClosed) Close() error {
	c.once.Do(func() {
		if c.address == c.of.slow {
			c.of.closes.pass()
		}
		_ = c.Conn.Close()
		c.of.mu.Lock()
		c.of.open[c.address]--
		c.of.mu.Unlock()
	})
	return nil
}

// TestOpenPerOriginIsNeverExceeded: an idle connection that makes room for another
// origin counts for its own as long as it is open (Close of TLS takes 100 ms where there
// is no room for close_notify).
func TestOpenPerOriginIsNeverExceeded(t *testing.T) {
	is := is.New(t)
	d := &slowCloser{Net: echoing(t), slow: "a.test:80", closes: newGate(), open: map[string]int{}, most: map[string]int{}}
	s := &zreq.Session{Driver: d, Pool: zreq.PoolLimits{Open: 2, OpenPerOrigin: 1}}
	named(is, s, "http://a.test", "/1", nil)
	var held io.Closer = holding(t, s, "http://c.test/2")
	var calls sync.WaitGroup
	calls.Go(func() { _, _ = s.Get(context.Background(), "http://b.test/3", nil) }) // a makes room
	<-d.closes.came                                                                 // and is being closed
	calls.Go(func() {
		_, _ = s.Get(context.Background(), "http://a.test/4", nil)
	})
	waitFor(t, "a call that waits", func() bool { return s.Stats().Waiting == 1 })
	_ = held.Close() // c makes room for it
	time.Sleep(100 * time.Millisecond)
	close(d.closes.opened)
	calls.Wait()
	_ = s.Close()
	is.Equal(d.most["a.test:80"], 1) // as OpenPerOrigin says
}
