package netdev_test

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/netdev"
)

func TestDialTarget(t *testing.T) {
	for address, tt := range map[string]struct {
		asked []string
		want  string
	}{
		"example.org:80":    {[]string{"example.org"}, "192.0.2.1:80"},
		"192.0.2.7:8080":    {nil, "192.0.2.7:8080"},
		"[2001:db8::1]:443": {nil, "[2001:db8::1]:443"},
		"localhost:65535":   {[]string{"localhost"}, "192.0.2.1:65535"},
	} {
		t.Run(address, func(t *testing.T) {
			is := is.New(t)
			d := &hostile{}
			c, err := netdev.New(d).Dial(t.Context(), "tcp", address)
			is.NoErr(err)                                    // an address is host:port
			is.Equal(d.asked, tt.asked)                      // names are looked up, addresses are not
			is.Equal(d.dialled[0].address.String(), tt.want) // the device gets an address
			is.Equal(d.dialled[0].host, "")                  // and a host only for TLS
			is.Equal(d.dialled[0].protocol, 6)               // this is TCP
			is.NoErr(c.Close())                              // the device closes it
			is.Equal(d.sockets(), 0)                         // nothing is left open
		})
	}
}

func TestDialRefusesAddress(t *testing.T) {
	for _, address := range []string{
		"", ":80", "example.org", "example.org:", "example.org:0", "example.org:65536", "example.org:+80",
		"example.org:http", "::1:80", "[::1]", "[::1:80", "::1]:80", "[]:80", "[example.org]:80", "[192.0.2.1]:80",
		"example.org:80:80", "[::1]]:80",
	} {
		t.Run(address, func(t *testing.T) {
			is := is.New(t)
			d := &hostile{}
			c, err := netdev.New(d).Dial(t.Context(), "tcp", address)
			is.True(err != nil)         // brackets are for IPv6, ports are digits
			is.True(c == nil)           // no connection
			is.Equal(len(d.asked), 0)   // and the device is not bothered
			is.Equal(len(d.dialled), 0) // at all
		})
	}
	is := is.New(t)
	_, err := netdev.New(&hostile{}).Dial(t.Context(), "udp", "example.org:80")
	is.True(err != nil) // TCP only
}

func TestDialFails(t *testing.T) {
	for name, d := range map[string]*hostile{
		"looking up":      {lookUp: func(string) (netip.Addr, error) { return netip.Addr{}, errDevice }},
		"at the socket":   {socket: func() (int, error) { return -1, errDevice }},
		"connecting":      {connect: func() error { return errDevice }},
		"and says nought": {socket: func() (int, error) { return -1, nil }},
		"to find one":     {lookUp: func(string) (netip.Addr, error) { return netip.Addr{}, nil }},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			for _, ctx := range []context.Context{context.Background(), t.Context()} {
				c, err := netdev.New(d).Dial(ctx, "tcp", "example.org:80")
				is.True(err != nil) // a failure is an error
				if name != "and says nought" && name != "to find one" {
					is.True(errors.Is(err, errDevice)) // in which the device's can be found
				}
				is.True(c == nil)        // no connection
				is.Equal(d.sockets(), 0) // and no socket left open
			}
		})
	}
}

// stuck returns a device that stays in a call until release is closed.
func stuck(in string, release chan struct{}) *hostile {
	switch in {
	case "GetHostByName":
		return &hostile{lookUp: func(string) (netip.Addr, error) {
			<-release
			return netip.MustParseAddr("192.0.2.1"), nil
		}}
	default:
		return &hostile{connect: func() error {
			<-release
			return nil
		}}
	}
}

func TestDialEndsWithItsContext(t *testing.T) {
	for _, in := range []string{"GetHostByName", "Connect"} {
		t.Run(in, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				release := make(chan struct{})
				d := stuck(in, release)
				driver := netdev.New(d)
				reason := errors.New("the user left")
				for range 4 {
					ctx, cancel := context.WithCancelCause(context.Background())
					time.AfterFunc(time.Second, func() { cancel(reason) })
					began := time.Now()
					_, err := driver.Dial(ctx, "tcp", "example.org:80")
					is.Equal(err, reason)                    // the context's cause
					is.Equal(time.Since(began), time.Second) // as soon as it ends
				}
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				_, err := driver.Dial(ctx, "tcp", "example.org:80")
				is.Equal(err, netdev.ErrStuck) // goroutines in a device that hangs are bounded

				close(release)
				synctest.Wait()
				is.Equal(d.sockets(), 0) // a socket that nobody waits for is closed
				c, err := driver.Dial(ctx, "tcp", "example.org:80")
				is.NoErr(err) // a device that came back dials again
				c.Close()
			})
		})
	}
	t.Run("that has ended", func(t *testing.T) {
		is := is.New(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		d := &hostile{}
		_, err := netdev.New(d).Dial(ctx, "tcp", "example.org:80")
		is.Equal(err, context.Canceled) // at once
		is.Equal(len(d.asked), 0)       // and the device is not asked
	})
}

func TestFeature(t *testing.T) {
	t.Run("B13", func(t *testing.T) { // https is refused unless TLS is proven
		is := is.New(t)
		d := &hostile{}
		var plain, vouched netdriver.Driver = netdev.New(d), netdev.NewTLS(d, netdev.Options{})
		_, ok := plain.(netdriver.TLSDialer)
		is.True(!ok) // a device that nobody vouched for speaks no TLS
		chip, ok := vouched.(netdriver.TLSDialer)
		is.True(ok) // NewTLS is the word of who built the board

		c, err := chip.DialTLS(t.Context(), "tcp", "example.org:443", "example.org")
		is.NoErr(err)                                                                             // the device shakes hands
		is.Equal(d.dialled, []call{{0xFE, "example.org", netip.AddrPortFrom(netip.Addr{}, 443)}}) // it gets the name to verify, and no address
		is.Equal(len(d.asked), 0)                                                                 // which it looks up itself
		is.NoErr(c.Close())                                                                       // it is closed as any other

		_, err = chip.DialTLS(t.Context(), "tcp", "192.0.2.1:443", "example.org")
		is.True(err != nil)         // it verifies what it dials: another name would go unproven
		is.Equal(len(d.dialled), 1) // so it is not asked
	})
}
