package netdev_test

import (
	"context"
	"errors"
	"net/netip"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/netdev"
)

func testDialTarget(t *testing.T) {
	for address, tt := range map[string]struct {
		asked []string
		want  string
	}{
		"example.org:80":    {[]string{"example.org"}, "192.0.2.1:80"},
		"192.0.2.7:8080":    {nil, "192.0.2.7:8080"},
		"[2001:db8::1]:443": {nil, "[2001:db8::1]:443"},
		"[fe80::1%eth0]:80": {nil, "[fe80::1%eth0]:80"},
		"localhost:65535":   {[]string{"localhost"}, "192.0.2.1:65535"},
		"0.255.10.0:80":     {nil, "0.255.10.0:80"},
		"192.0.2.256:80":    {[]string{"192.0.2.256"}, "192.0.2.1:80"}, // what is no address may be a name
		"192.0.2.07:80":     {[]string{"192.0.2.07"}, "192.0.2.1:80"},
		"192.0.2:80":        {[]string{"192.0.2"}, "192.0.2.1:80"},
		"192.0.2.7.:80":     {[]string{"192.0.2.7."}, "192.0.2.1:80"},
		"192.0..7:80":       {[]string{"192.0..7"}, "192.0.2.1:80"},
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

func testDialEndsWithItsContext(t *testing.T) {
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

func TestDialsInsideAreBounded(t *testing.T) {
	for _, in := range []string{"GetHostByName", "Connect"} {
		t.Run(in, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				release := make(chan struct{})
				d := stuck(in, release)
				driver := netdev.New(d)
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				failed := make(chan error)
				for range 200 {
					go func() {
						_, err := driver.Dial(ctx, "tcp", "example.org:80")
						failed <- err
					}()
				}
				synctest.Wait()
				is.Equal(d.lookUps(), netdev.MaxDials) // the others wait outside
				for range 200 {
					err := <-failed
					is.True(err == context.DeadlineExceeded || err == netdev.ErrStuck) // not beyond their contexts
				}
				is.Equal(d.lookUps(), netdev.MaxDials) // and do not enter then
				close(release)
				synctest.Wait()
				is.Equal(d.sockets(), 0) // a socket that nobody waits for is closed
			})
		})
	}
}

func TestDialWaitsForAPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		d := &hostile{connect: func() error {
			time.Sleep(time.Second)
			return nil
		}}
		driver := netdev.New(d)
		began := time.Now()
		opened := make(chan error)
		for i := range 3 * netdev.MaxDials {
			go func() {
				ctx := context.Background()
				if i%2 == 0 {
					ctx = t.Context()
				}
				c, err := driver.Dial(ctx, "tcp", "example.org:80")
				if err == nil {
					c.Close()
				}
				opened <- err
			}()
		}
		for range 3 * netdev.MaxDials {
			is.NoErr(<-opened) // every one has its turn
		}
		is.Equal(time.Since(began), 3*time.Second) // four at a time
	})
}

// A dial without a context waits too, but not for places that are lost.
func TestDialDoesNotWaitForLostPlaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		release := make(chan struct{})
		driver := netdev.New(stuck("Connect", release))
		ctx, cancel := context.WithCancel(context.Background())
		for range netdev.MaxDials {
			go driver.Dial(ctx, "tcp", "example.org:80")
		}
		synctest.Wait()
		done := make(chan error)
		go func() {
			_, err := dial(driver)
			done <- err
		}()
		synctest.Wait()
		cancel()
		is.Equal(<-done, netdev.ErrStuck) // nobody waits for those inside
		close(release)
		synctest.Wait()
		c, err := dial(driver)
		is.NoErr(err) // a device that came back dials again
		c.Close()
	})
}

// ending is a context that has ended, and of which nobody has been told yet.
type ending struct {
	context.Context
	done  chan struct{}
	ended atomic.Bool
}

func (e *ending) Done() <-chan struct{} { return e.done }

func (e *ending) Err() error {
	if e.ended.Load() {
		return context.Canceled
	}
	return nil
}

func TestDialWhoseContextEndsInTheDevice(t *testing.T) {
	is := is.New(t)
	ctx := &ending{Context: context.Background(), done: make(chan struct{})}
	d := &hostile{connect: func() error {
		ctx.ended.Store(true)
		return nil
	}}
	c, err := netdev.New(d).Dial(ctx, "tcp", "example.org:80")
	is.True(c == nil)               // the device was too late
	is.Equal(err, context.Canceled) // that is the reason
	is.Equal(d.sockets(), 0)        // and what it opened is closed
}

// A device whose Close blocks keeps neither a Dial whose context has ended nor
// a Read that has to do with an earlier socket.
func TestCloseThatBlocks(t *testing.T) {
	t.Run("under Dial", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			release := make(chan struct{})
			ctx, cancel := context.WithCancel(context.Background())
			d := &hostile{closing: release, connect: func() error {
				cancel()
				return nil
			}}
			_, err := netdev.New(d).Dial(ctx, "tcp", "example.org:80")
			is.Equal(err, context.Canceled) // as soon as it ends
			close(release)
			synctest.Wait()
			is.Equal(d.sockets(), 0) // the socket is closed all the same
		})
	})
	t.Run("under Read", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			back, release := make(chan struct{}), make(chan struct{})
			d := wedged(back)
			driver := netdev.New(d)
			first, err := dial(driver)
			is.NoErr(err)
			done := make(chan error)
			go func() {
				_, err := first.Read(make([]byte, 9))
				done <- err
			}()
			synctest.Wait()
			first.Close()
			second, err := dial(driver)
			is.NoErr(err) // the number of the first is kept
			second.Close()
			d.closing = release
			close(back)
			is.Equal(<-done, netdev.ErrClosed) // a Read does not wait until that is closed
			close(release)
			synctest.Wait()
			is.Equal(d.sockets(), 0)
		})
	})
}

// testDialTLSZone: the zone of an address is no part of what the peer proves to be. The
// device gets it with the address.
func testDialTLSZone(t *testing.T) {
	is := is.New(t)
	d := &hostile{}
	c, err := netdev.NewTLS(d, netdev.Options{}).DialTLS(t.Context(), "tcp", "[fe80::1%eth0]:443", "fe80::1")
	is.NoErr(err)
	is.Equal(d.dialled, []call{{0xFE, "fe80::1", netip.MustParseAddrPort("[fe80::1%eth0]:443")}})
	is.NoErr(c.Close())
}

// testFull: a program that knows its device says how many sockets that has, and by which
// error it says that they are used up.
func testFull(t *testing.T) {
	is := is.New(t)
	d := &hostile{limit: 1, full: errDevice}
	_, err := netdev.New(d).Dial(t.Context(), "tcp", "192.0.2.1:80")
	is.NoErr(err)
	_, err = netdev.New(d).Dial(t.Context(), "tcp", "192.0.2.1:80")
	is.True(errors.Is(err, errDevice) && !errors.Is(err, netdriver.ErrNoSocket)) // it may be of anything
	driver := netdev.NewWith(d, netdev.Options{Sockets: 1, Full: []error{errors.ErrUnsupported, errDevice}})
	_, err = driver.Dial(t.Context(), "tcp", "192.0.2.1:80")
	is.True(errors.Is(err, errDevice) && errors.Is(err, netdriver.ErrNoSocket))
	is.Equal(driver.Sockets(), 1)
}

func TestFeature(t *testing.T) {
	t.Run("P33", testFull)            // a device that is out of sockets says so
	t.Run("Z33", func(t *testing.T) { // a dial, a look-up, a read and a write end in time
		t.Run("dial", testDialEndsWithItsContext)
		t.Run("read", testReadIsWoken)
		t.Run("write", testWriteIsWoken)
	})
	t.Run("P32", func(t *testing.T) { // the zone of a URL reaches the device
		t.Run("TCP", testDialTarget)
		t.Run("TLS", testDialTLSZone)
	})
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
