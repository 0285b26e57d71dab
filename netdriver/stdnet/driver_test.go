package stdnet_test

import (
	"errors"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/drivertest"
	"github.com/zreq-go/zreq/netdriver/stdnet"
)

func TestDriver(t *testing.T) {
	drivertest.Run(t, new(stdnet.Driver), drivertest.Capabilities{
		Listen:        drivertest.TCP,
		Silent:        drivertest.SilentTCP,
		RefusesAtOnce: true,
		Check:         checks,
		HalfClose:     true,
	})
}

func TestDriverRegistersItself(t *testing.T) {
	is := is.New(t)
	d, err := netdriver.Lookup(stdnet.Name)
	is.NoErr(err) // importing it is enough
	_, ok := d.(*stdnet.Driver)
	is.True(ok)
	only, err := netdriver.Default()
	is.NoErr(err)
	is.True(only == d) // alone it is the default
}

func TestDriverDial(t *testing.T) {
	is := is.New(t)
	_, err := new(stdnet.Driver).Dial(t.Context(), "unix", "/tmp/x")
	var unknown net.UnknownNetworkError
	is.True(errors.As(err, &unknown)) // TCP only

	l := drivertest.TCP(t)
	defer l.Close()
	d := &stdnet.Driver{LocalIP: net.IPv4(127, 0, 0, 1), KeepAlive: time.Minute}
	c, err := d.Dial(t.Context(), "tcp4", l.Address())
	is.NoErr(err)
	defer c.Close()
	tcp, ok := c.(*stdnet.Conn).NetConn().(*net.TCPConn)
	is.True(ok)                                                       // the connection of package net can be had
	is.Equal(tcp.LocalAddr().(*net.TCPAddr).IP.String(), "127.0.0.1") // it comes from LocalIP
}

// testDriverZone: the zone of an address is part of what is connected to.
func testDriverZone(t *testing.T) {
	is := is.New(t)
	var to string
	stop := errors.New("seen")
	d := &stdnet.Driver{Control: func(_, address string, _ syscall.RawConn) error {
		to = address
		return stop
	}}
	_, err := d.Dial(t.Context(), "tcp", "[fe80::1%eth0]:80")
	is.True(errors.Is(err, stop))
	is.Equal(to, "[fe80::1%eth0]:80")
}

func TestDriverControl(t *testing.T) {
	is := is.New(t)
	l := drivertest.TCP(t)
	defer l.Close()
	var family, to string
	refused := errors.New("refused")
	d := &stdnet.Driver{Control: func(network, address string, c syscall.RawConn) error {
		family, to = network, address
		is.NoErr(c.Control(func(uintptr) {})) // there is a socket
		return refused
	}}
	_, err := d.Dial(t.Context(), "tcp", l.Address())
	is.True(errors.Is(err, refused)) // it may give the address up
	is.Equal(family, "tcp4")
	is.Equal(to, l.Address()) // and knows which
}
