package proxy_test

import (
	"bytes"
	"context"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/drivertest"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/proxy"
	"github.com/zreq-go/zreq/netdriver/stdnet"
)

// A suited is a driver for drivertest. The peer of a connection is the proxy itself, which
// becomes the far end of the tunnel, so that nothing else is between the two.
type suited struct {
	proxied func(address string) (*proxy.Driver, error)
	first   int // bytes that come with the answer of the proxy
}

func (s *suited) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	d, err := s.proxied(address)
	if err != nil {
		return nil, err
	}
	c, err := d.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	_, err = io.ReadFull(c, make([]byte, s.first))
	return c, err
}

// opens answers a CONNECT, with more bytes behind the head.
func opens(more string) func(p drivertest.Peer) (drivertest.Peer, error) {
	return func(p drivertest.Peer) (drivertest.Peer, error) {
		var head bytes.Buffer
		for !strings.HasSuffix(head.String(), "\r\n\r\n") {
			if _, err := io.CopyN(&head, p, 1); err != nil {
				_ = p.Close()
				return nil, err
			}
		}
		_, err := io.WriteString(p, established+more)
		return p, err
	}
}

// connects plays SOCKS5 with a login.
func connects(p drivertest.Peer) (drivertest.Peer, error) {
	for _, st := range []struct {
		n     int
		reply string
	}{{4, "\x05\x02"}, {3 + len(user) + len(password), "\x01\x00"}, {5, ""}} {
		in := make([]byte, st.n)
		_, err := io.ReadFull(p, in)
		if err == nil && st.reply == "" {
			rest := 4 + 2 - 1 // IPv4
			if in[3] == 3 {
				rest = int(in[4]) + 2
			}
			st.reply = "\x05\x00\x00\x01\x7f\x00\x00\x01\x04\x38"
			_, err = io.CopyN(io.Discard, p, int64(rest))
		}
		if err == nil {
			_, err = io.WriteString(p, st.reply)
		}
		if err != nil {
			_ = p.Close()
			return nil, err
		}
	}
	return p, nil
}

// kinds are what the suite runs over: each kind of proxy, and the connection that is not
// that of the driver below.
var kinds = map[string]struct {
	wrap    func(drivertest.Peer) (drivertest.Peer, error)
	proxied func(via netdriver.Driver, address string) (*proxy.Driver, error)
	first   int
}{
	"HTTP": {opens(""), func(via netdriver.Driver, address string) (*proxy.Driver, error) {
		return proxy.HTTP(via, address, nil)
	}, 0},
	"HTTP, bytes with the answer": {opens("hello"), func(via netdriver.Driver, address string) (*proxy.Driver, error) {
		return proxy.HTTP(via, address, nil)
	}, 5},
	"SOCKS5": {connects, func(via netdriver.Driver, address string) (*proxy.Driver, error) {
		return proxy.SOCKS5(via, address, withLogin())
	}, 0},
}

func TestDriverOverMemnet(t *testing.T) {
	for name, kind := range kinds {
		for _, below := range []string{"checked", "bare"} {
			if below == "bare" && kind.first == 0 {
				continue // the connection is that of the driver below
			}
			t.Run(name+", "+below, func(t *testing.T) {
				n := memnet.New()
				silent, err := n.Listen("silent.test:80")
				if err != nil {
					t.Fatal(err)
				}
				silent.SetSilent(true)
				var via netdriver.Driver = n
				if below == "bare" {
					via = memnet.Bare(n)
				}
				d := &suited{func(address string) (*proxy.Driver, error) { return kind.proxied(via, address) }, kind.first}
				drivertest.Run(t, d, drivertest.Capabilities{
					Listen:        drivertest.Over(drivertest.Memory(n), kind.wrap),
					Silent:        func(testing.TB) string { return silent.Address() },
					RefusesAtOnce: true,
					Check:         below == "checked",
					HalfClose:     below == "checked",
				})
			})
		}
	}
}

// TestDriverOverSystemTCP leaves out what differs from a kind with further bytes only by the
// connection, which is that of the driver below.
func TestDriverOverSystemTCP(t *testing.T) {
	for name, kind := range kinds {
		if name == "HTTP" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			via := new(stdnet.Driver)
			d := &suited{func(address string) (*proxy.Driver, error) { return kind.proxied(via, address) }, kind.first}
			drivertest.Run(t, d, drivertest.Capabilities{
				Listen:        drivertest.Over(drivertest.TCP, kind.wrap),
				RefusesAtOnce: true,
				Check:         runtime.GOOS != "windows",
				HalfClose:     true,
			})
		})
	}
}
