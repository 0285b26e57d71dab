package bind_test

import (
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/matryer/is"
	"golang.org/x/sys/unix"

	"github.com/zreq-go/zreq/netdriver/bind"
	"github.com/zreq-go/zreq/netdriver/drivertest"
	"github.com/zreq-go/zreq/netdriver/stdnet"
)

// With a link of its own the suite runs in testTwoLinks.
func TestDriver(t *testing.T) {
	d := &bind.Driver{Interface: "lo", Source: netip.MustParseAddr("127.0.0.1")}
	drivertest.Run(t, d, drivertest.Capabilities{
		Listen:        drivertest.TCP,
		Silent:        drivertest.SilentTCP,
		RefusesAtOnce: true,
		Check:         true,
		HalfClose:     true,
	})
}

func TestDriverDeadAfter(t *testing.T) {
	for set, want := range map[time.Duration]int{0: 35000, time.Minute: 60000, -1: 0} {
		is := is.New(t)
		l := drivertest.TCP(t)
		d := &bind.Driver{Source: netip.MustParseAddr("127.0.0.1"), DeadAfter: set}
		c, err := d.Dial(t.Context(), "tcp", l.Address())
		is.NoErr(err)
		raw, err := c.(*stdnet.Conn).SyscallConn()
		is.NoErr(err)
		var dead int
		is.NoErr(raw.Control(func(fd uintptr) {
			dead, err = unix.GetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT)
		}))
		is.NoErr(err)
		is.Equal(dead, want) // as with stdnet
		is.NoErr(c.Close())
		is.NoErr(l.Close())
	}
}

func TestDriverKeepAlive(t *testing.T) {
	for set, want := range map[time.Duration]int{0: 1, time.Minute: 1, -1: 0} {
		is := is.New(t)
		l := drivertest.TCP(t)
		d := &bind.Driver{Source: netip.MustParseAddr("127.0.0.1"), KeepAlive: set}
		c, err := d.Dial(t.Context(), "tcp", l.Address())
		is.NoErr(err)
		raw, err := c.(*stdnet.Conn).SyscallConn()
		is.NoErr(err)
		var probes int
		is.NoErr(raw.Control(func(fd uintptr) {
			probes, err = unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_KEEPALIVE)
		}))
		is.NoErr(err)
		is.Equal(probes, want) // on, unless it is negative
		is.NoErr(c.Close())
		is.NoErr(l.Close())
	}
}

// testControl looks at sockets before they connect, for machines where nothing can
// be tested with two links.
func testControl(t *testing.T) {
	for name, tt := range map[string]struct {
		d       *bind.Driver
		address string
		device  string
	}{
		"another machine":          {&bind.Driver{Interface: "lo"}, "192.0.2.1:80", "lo"},
		"another, over IPv6":       {&bind.Driver{Interface: "lo"}, "[2001:db8::1]:80", "lo"},
		"link-local":               {&bind.Driver{Interface: "lo"}, "[fe80::1%lo]:80", "lo"},
		"loopback":                 {&bind.Driver{Interface: "lo"}, "127.0.0.1:80", ""},
		"loopback, the nameserver": {&bind.Driver{Interface: "lo"}, "127.0.0.53:53", ""},
		"loopback, IPv6":           {&bind.Driver{Interface: "lo"}, "[::1]:80", ""},
		"loopback, IPv4 in IPv6":   {&bind.Driver{Interface: "lo"}, "[::ffff:127.0.0.1]:80", ""},
		"unspecified":              {&bind.Driver{Interface: "lo"}, "0.0.0.0:80", ""},
		"a source only":            {&bind.Driver{Source: netip.MustParseAddr("127.0.0.2")}, "192.0.2.1:80", ""},
		"the zone of a source":     {&bind.Driver{Source: netip.MustParseAddr("fe80::1%lo")}, "[fe80::2]:80", "lo"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			c, err := net.ListenUDP("udp", nil)
			is.NoErr(err)
			defer c.Close()
			raw, err := c.SyscallConn()
			is.NoErr(err)
			is.NoErr(tt.d.Control(tt.address, raw))
			var device string
			is.NoErr(raw.Control(func(fd uintptr) {
				device, err = unix.GetsockoptString(int(fd), unix.SOL_SOCKET, unix.SO_BINDTODEVICE)
			}))
			is.NoErr(err)
			is.Equal(device, tt.device) // what the socket is bound to
		})
	}
}
