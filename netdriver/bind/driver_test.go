package bind_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/bind"
	"github.com/zreq-go/zreq/netdriver/drivertest"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
)

// A setting that is empty by mistake does not mean any way.
func TestDriverUnbound(t *testing.T) {
	is := is.New(t)
	l := drivertest.TCP(t)
	defer l.Close()
	for _, source := range []netip.Addr{
		{}, netip.IPv4Unspecified(), netip.IPv6Unspecified(), netip.MustParseAddr("::ffff:0.0.0.0"),
	} {
		_, err := (&bind.Driver{Source: source}).Dial(t.Context(), "tcp", l.Address())
		is.Equal(err, bind.ErrUnbound) // no address, and any address, are no way
	}
}

// A Session does not try again what only its program can change.
func TestErrorIsPermanent(t *testing.T) {
	for reason, want := range map[error]bool{
		bind.ErrUnsupported: true, bind.ErrPermission: true,
		bind.ErrNoInterface: false, bind.ErrInterfaceDown: false, bind.ErrNoSource: false, bind.ErrFamily: false,
	} {
		is := is.New(t)
		is.Equal((&bind.Error{Reason: reason}).Permanent(), want) // it may be there the next time
	}
	is := is.New(t)
	session := zreq.Session{Driver: &bind.Driver{}}
	_, err := session.Get(t.Context(), "http://192.0.2.1/", nil)
	is.True(errors.Is(err, bind.ErrUnbound))
	is.True(!errors.Is(err, zreq.ErrOutOfRetries))
	is.Equal(session.Stats().Retried, int64(0))
}

// The system lets a socket be bound to an address that is no machine's, and connects
// from another.
func TestDriverSourceOfMany(t *testing.T) {
	is := is.New(t)
	l := drivertest.TCP(t)
	defer l.Close()
	for _, source := range []string{"224.0.0.1", "255.255.255.255", "127.255.255.255"} {
		_, err := (&bind.Driver{Source: netip.MustParseAddr(source)}).Dial(t.Context(), "tcp", l.Address())
		is.True(errors.Is(err, bind.ErrNoSource))
	}
}

func TestDriverDial(t *testing.T) {
	is := is.New(t)
	d := &bind.Driver{Source: netip.MustParseAddr("127.0.0.1")}
	_, err := d.Dial(t.Context(), "unix", "/tmp/x")
	var unknown net.UnknownNetworkError
	is.True(errors.As(err, &unknown)) // TCP only

	l := drivertest.TCP(t)
	defer l.Close()
	c, err := d.Dial(t.Context(), "tcp4", l.Address())
	is.NoErr(err)
	defer c.Close()
	_, ok := c.(*stdnet.Conn)
	is.True(ok) // files are sent and received as over stdnet
}

func TestDriverResolver(t *testing.T) {
	is := is.New(t)
	asked := errors.New("asked")
	resolver := &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, asked
	}}
	d := &bind.Driver{Source: netip.MustParseAddr("127.0.0.1"), Resolver: resolver}
	_, err := d.Dial(t.Context(), "tcp", "device.invalid:80")
	var lookup *net.DNSError
	is.True(errors.As(err, &lookup))
	is.Equal(lookup.Err, asked.Error()) // the caller's own is used
}
