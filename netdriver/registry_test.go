package netdriver_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
)

// empty gives the test a registry of its own.
func empty(t *testing.T) {
	t.Helper()
	t.Cleanup(netdriver.Reset())
}

func testDefault(t *testing.T) {
	is := is.New(t)
	empty(t)
	wifi, modem := memnet.New(), memnet.New()
	_, err := netdriver.Default()
	is.Equal(err, netdriver.ErrNoDriver) // nothing is registered
	netdriver.Register("wifi", wifi)
	d, err := netdriver.Default()
	is.NoErr(err)
	is.True(d == wifi) // the only driver is the default
	netdriver.Register("modem", modem)
	_, err = netdriver.Default()
	is.Equal(err, netdriver.ErrAmbiguousDriver) // with two the program must say
	is.NoErr(netdriver.SetDefault("modem"))
	d, err = netdriver.Default()
	is.NoErr(err)
	is.True(d == modem)                                                // which one it is
	is.Equal(netdriver.SetDefault("lora"), netdriver.ErrUnknownDriver) // one that is not there
	d, _ = netdriver.Default()
	is.True(d == modem) // changes nothing
	is.NoErr(netdriver.SetDefault("wifi"))
	d, _ = netdriver.Default()
	is.True(d == wifi) // the choice can change
}

func testDefaultStaysWhenOneIsAdded(t *testing.T) {
	is := is.New(t)
	empty(t)
	wifi := memnet.New()
	netdriver.Register("wifi", wifi)
	is.NoErr(netdriver.SetDefault("wifi"))
	netdriver.Register("modem", memnet.New())
	d, err := netdriver.Default()
	is.NoErr(err)
	is.True(d == wifi) // what was chosen is not ambiguous
}

func TestDefaultAllocatesNothing(t *testing.T) {
	is := is.New(t)
	empty(t)
	netdriver.Register("wifi", memnet.New())
	ask := func() { _, _ = netdriver.Default() }
	is.Equal(testing.AllocsPerRun(100, ask), 0.0) // the only driver
	is.NoErr(netdriver.SetDefault("wifi"))
	is.Equal(testing.AllocsPerRun(100, ask), 0.0) // the chosen one
}

func testLookup(t *testing.T) {
	is := is.New(t)
	empty(t)
	modem, wifi := memnet.New(), memnet.New()
	is.Equal(netdriver.Names(), []string{}) // none yet
	netdriver.Register("wifi", wifi)
	netdriver.Register("modem", modem)
	is.Equal(netdriver.Names(), []string{"modem", "wifi"}) // in alphabetical order
	d, err := netdriver.Lookup("modem")
	is.NoErr(err)
	is.True(d == modem) // by name
	_, err = netdriver.Lookup("Modem")
	is.Equal(err, netdriver.ErrUnknownDriver) // to the letter
}

// slice is a driver that has no equality.
type slice []int

func (slice) Dial(context.Context, string, string) (netdriver.Conn, error) { return nil, nil }

func testRegisterPanics(t *testing.T) {
	for name, register := range map[string]func(){
		"no driver":     func() { netdriver.Register("wifi", nil) },
		"no name":       func() { netdriver.Register("", memnet.New()) },
		"a taken name":  func() { netdriver.Register("taken", memnet.New()) },
		"no equality":   func() { netdriver.Register("slice", slice{}) },
		"a bare no one": func() { netdriver.Register("bare", memnet.Bare(slice{})) },
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			empty(t)
			netdriver.Register("taken", memnet.New())
			func() {
				defer func() { is.True(recover() != nil) }() // a mistake of the program panics
				register()
			}()
			is.Equal(netdriver.Names(), []string{"taken"}) // and registers nothing
		})
	}
}

func TestRegistryIsSafe(t *testing.T) {
	is := is.New(t)
	empty(t)
	var all sync.WaitGroup
	for _, name := range strings.Split("abcdefgh", "") {
		all.Go(func() {
			netdriver.Register(name, memnet.New())
			_ = netdriver.SetDefault(name)
			netdriver.SetTLS(nil)
			_, _ = netdriver.Default()
			_ = netdriver.DefaultTLS()
			_ = netdriver.Names()
		})
	}
	all.Wait()
	is.Equal(len(netdriver.Names()), 8) // from any goroutine at any time
}

// plain is a TLS that encrypts nothing.
type plain struct{ _ int }

func (*plain) Client(_ context.Context, c netdriver.Conn, _ string) (netdriver.Conn, error) {
	return c, nil
}

func testSetTLS(t *testing.T) {
	is := is.New(t)
	empty(t)
	is.True(netdriver.DefaultTLS() == nil) // none yet
	tls := new(plain)
	netdriver.SetTLS(tls)
	is.True(netdriver.DefaultTLS() == tls) // what was set
	netdriver.SetTLS(nil)
	is.True(netdriver.DefaultTLS() == nil) // nil takes it away
}

func testErrorsNameTheCure(t *testing.T) {
	for err, cure := range map[error]string{
		netdriver.ErrNoDriver:        `import _ "github.com/zreq-go/zreq/netdriver/std"`,
		netdriver.ErrAmbiguousDriver: "netdriver.SetDefault",
		netdriver.ErrUnknownDriver:   "netdriver.Names",
		netdriver.ErrNotStarted:      "Start",
	} {
		t.Run(cure, func(t *testing.T) {
			is := is.New(t)
			is.True(strings.Contains(err.Error(), cure)) // an error of the registry says what to do
		})
	}
}

func testStarter(t *testing.T) {
	is := is.New(t)
	empty(t)
	radio := memnet.NewStopped()
	_, err := radio.Listen("device.test:80")
	is.NoErr(err)
	netdriver.Register("radio", radio)
	d, err := netdriver.Default()
	is.NoErr(err) // a driver that is not started can be chosen
	_, err = d.Dial(t.Context(), "tcp", "device.test:80")
	is.True(errors.Is(err, netdriver.ErrNotStarted)) // but does not dial
	starter, ok := d.(netdriver.Starter)
	is.True(ok) // it can be asked for its Start
	is.NoErr(starter.Start(t.Context()))
	c, err := d.Dial(t.Context(), "tcp", "device.test:80")
	is.NoErr(err) // after that it dials
	is.NoErr(c.Close())
	is.NoErr(starter.Stop())
	_, err = d.Dial(t.Context(), "tcp", "device.test:80")
	is.True(errors.Is(err, netdriver.ErrNotStarted)) // until it is stopped
}
