package proxy_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/proxy"
)

// A canceller is a driver whose connections cancel the dial when they are about to return
// the last bytes of the dialogue.
type canceller struct {
	netdriver.Driver
	left   int // bytes until then
	cancel context.CancelFunc
}

type cancelConn struct {
	netdriver.Conn
	by *canceller
}

func (d *canceller) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := d.Driver.Dial(ctx, network, address)
	return &cancelConn{c, d}, err
}

func (c *cancelConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if c.by.left -= n; c.by.left <= 0 {
		c.by.cancel()
	}
	return n, err
}

// testLateCancel: a cancel that comes when the tunnel is open already makes the dial fail.
// It never hits a connection that was returned.
func testLateCancel(t *testing.T) {
	for name, driver := range map[string]func(testing.TB, netdriver.Driver, *proxy.Options) *proxy.Driver{"HTTP": httpTo, "SOCKS5": socksTo} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			p := play(t, dialogue{{connect(), established}})
			left := len(established)
			if name == "SOCKS5" {
				p = play(t, dialogue{{hello, noLogin}, {toOrigin, connected}})
				left = len(noLogin + connected)
			}
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			d := driver(t, &canceller{p, left, cancel}, nil)
			c, err := d.Dial(ctx, "tcp", "origin.test:443")
			is.True(c == nil && errors.Is(err, context.Canceled))
			is.Equal(p.Open(), 0)
		})
	}
}

// testContextEndsWithTheDial: neither the deadline of the dial nor its cancel is felt
// afterwards.
func testContextEndsWithTheDial(t *testing.T) {
	for name, flow := range flows {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				p := play(t, flow.dialogues...)
				ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
				c, err := flow.driver(t, p, withLogin()).Dial(ctx, "tcp", "origin.test:443")
				is.NoErr(err)
				defer c.Close()
				time.Sleep(time.Hour)
				cancel()
				synctest.Wait()
				is.Equal(echoes(t, c, "over"), "over")
			})
		})
	}
}

// TestDripIsBounded: a proxy that sends a byte now and then does not hold up the dial
// beyond its context.
func TestDripIsBounded(t *testing.T) {
	for name, driver := range map[string]func(testing.TB, netdriver.Driver, *proxy.Options) *proxy.Driver{"HTTP": httpTo, "SOCKS5": socksTo} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				p := play(t, dialogue{{connect(), established}})
				if name == "SOCKS5" {
					p = play(t, dialogue{{hello, noLogin}, {toOrigin, connected}})
				}
				p.OnDial = func(int, string) (memnet.Faults, error) {
					return memnet.Faults{ReadBytes: 1, ReadDelay: 9 * time.Second}, nil
				}
				ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
				defer cancel()
				began := time.Now()
				_, err := driver(t, p, nil).Dial(ctx, "tcp", "origin.test:443")
				is.True(errors.Is(err, context.DeadlineExceeded))
				is.Equal(time.Since(began), time.Minute)
				is.Equal(p.Open(), 0)
			})
		})
	}
}
