package bind_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/bind"
	"github.com/zreq-go/zreq/netdriver/drivertest"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
)

func (w *world) unbound(t *testing.T) {
	is := is.New(t)
	is.Equal(get(t, new(stdnet.Driver), page), "by-lan "+lanIP) // else the tests here prove nothing
}

func (w *world) byInterface(t *testing.T) {
	is := is.New(t)
	is.Equal(get(t, &bind.Driver{Interface: modem}, page), "by-modem "+modemIP) // whatever the route prefers
	is.Equal(get(t, &bind.Driver{Interface: lan}, page), "by-lan "+lanIP)
	both := &bind.Driver{Interface: modem, Source: ip(lanIP)}
	is.Equal(get(t, both, page), "by-modem "+lanIP) // each for itself
}

// The package says that a source address chooses no link. Here it does not.
func (w *world) bySource(t *testing.T) {
	is := is.New(t)
	is.Equal(get(t, &bind.Driver{Source: ip(modemIP)}, page), "by-lan "+modemIP)             // the routing table chooses
	is.Equal(get(t, &bind.Driver{Source: ip("::ffff:" + modemIP)}, page), "by-lan "+modemIP) // it is an IPv4 address
}

// The system cuts a name at 15 bytes, or at a zero byte, and would bind to what is left.
func (w *world) longName(t *testing.T) {
	for _, name := range []string{modem + "s", modem + "\x00s", lan + "\x00"} {
		is := is.New(t)
		_, err := try(t, &bind.Driver{Interface: name}, page)
		is.True(errors.Is(err, bind.ErrNoInterface)) // another name is another interface
		is.True(errors.Is(err, syscall.ENODEV))
	}
}

func (w *world) loopback(t *testing.T) {
	is := is.New(t)
	is.Equal(get(t, &bind.Driver{Interface: modem}, local), "here 127.0.0.1")        // it is on no other interface
	is.Equal(get(t, &bind.Driver{Interface: modem}, "0.0.0.0:80"), "here 127.0.0.1") // as systems take it
}

func (w *world) lookups(t *testing.T) {
	for name, tt := range map[string]struct {
		d     *bind.Driver
		page  string
		asked string
	}{
		"by interface": {&bind.Driver{Interface: modem}, "by-modem " + modemIP, "by-modem " + modemIP},
		"by source":    {&bind.Driver{Source: ip(modemIP)}, "by-lan " + modemIP, "by-lan " + modemIP},
		"by both":      {&bind.Driver{Interface: modem, Source: ip(lanIP)}, "by-modem " + lanIP, "by-modem " + lanIP},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			w.names.took()
			is.Equal(get(t, tt.d, "server.test:80"), tt.page)
			is.Equal(w.names.took(), []string{tt.asked + " server.test"}) // the question takes the same way
		})
	}
}

// What is too long for UDP is asked for again.
func (w *world) lookupsOverTCP(t *testing.T) {
	for want, d := range map[string]*bind.Driver{
		"by-modem " + modemIP: {Interface: modem},
		"by-lan " + modemIP:   {Source: ip(modemIP)},
		"by-modem " + lanIP:   {Interface: modem, Source: ip(lanIP)},
	} {
		is := is.New(t)
		w.names.took()
		is.Equal(get(t, d, tooLong+":80"), want)
		is.Equal(w.names.took(), []string{want + " " + tooLong, want + " over TCP " + tooLong}) // both the same way
	}
}

// The stub does not know server.test, so that the other is asked in turn.
func (w *world) localNameserver(t *testing.T) {
	for _, d := range []*bind.Driver{{Interface: modem}, {Source: ip(modemIP)}, {Interface: modem, Source: ip(modemIP)}} {
		is := is.New(t)
		w.local.took()
		c, err := d.Dial(t.Context(), "tcp", "local.test:80")
		is.NoErr(err)
		is.NoErr(c.Close())
		is.Equal(w.local.took(), []string{"here 127.0.0.1 local.test"}) // from loopback to loopback
	}
}

func (w *world) ownResolver(t *testing.T) {
	is := is.New(t)
	d := &bind.Driver{Interface: modem, Resolver: &net.Resolver{PreferGo: true}}
	w.names.took()
	is.Equal(get(t, d, "server.test:80"), "by-modem "+modemIP)
	is.Equal(w.names.took(), []string{"by-lan " + lanIP + " server.test"}) // it is the caller's, and not bound
}

// Nobody answers over IPv6.
func (w *world) eyeballs(t *testing.T) {
	is := is.New(t)
	is.Equal(get(t, &bind.Driver{Interface: modem}, "both.test:80"), "by-modem "+modemIP)                      // IPv4 does not wait for IPv6
	is.Equal(get(t, &bind.Driver{Source: ip(modemIP)}, "both.test:80"), "by-lan "+modemIP)                     // an IPv4 source goes to IPv4 only
	is.Equal(get(t, &bind.Driver{Interface: modem, Source: ip(modemIP)}, "both.test:80"), "by-modem "+modemIP) // and so do both
}

func (w *world) family(t *testing.T) {
	for _, address := range []string{"six.test:80", "[" + silentIPv6 + "]:80"} {
		is := is.New(t)
		d := &bind.Driver{Source: ip(modemIP)}
		_, err := d.Dial(t.Context(), "tcp", address)
		is.True(errors.Is(err, bind.ErrFamily)) // IPv4 cannot go there
		var mismatch *net.AddrError
		is.True(errors.As(err, &mismatch)) // as net says
	}
}

// An address such as fe80::a is on every link, and says by its zone on which.
func (w *world) linkLocal(t *testing.T) {
	is := is.New(t)
	zoned := &bind.Driver{Source: ip("fe80::a%" + modem)}
	is.Equal(get(t, zoned, "[fe80::b]:80"), "by-modem fe80::a")
	named := &bind.Driver{Interface: modem, Source: ip("fe80::a")}
	is.Equal(get(t, named, "[fe80::b]:80"), "by-modem fe80::a")
	_, err := try(t, &bind.Driver{Interface: lan, Source: ip("fe80::a")}, "[fe80::b]:80")
	is.True(errors.Is(err, bind.ErrNoSource)) // the address is there, and on the other link

	free := new(stdnet.Driver) // or the URL says on which link
	is.Equal(get(t, free, "[fe80::b%25"+modem+"]:80"), "by-modem fe80::a")
	for _, elsewhere := range []string{"[fe80::b%25" + lan + "]:80", "[fe80::b]:80"} {
		_, err = try(t, free, elsewhere)
		is.True(errors.Is(err, zreq.ErrConnect)) // nobody has it there
	}
}

func (w *world) conformance(t *testing.T) {
	drivertest.Run(t, &bind.Driver{Interface: modem}, drivertest.Capabilities{
		Listen:        w.listener,
		Silent:        func(testing.TB) string { return unassigned },
		RefusesAtOnce: true,
		Check:         true,
		HalfClose:     true,
	})
}

// listener is a drivertest.TCP at the server.
func (w *world) listener(t testing.TB) drivertest.Listener {
	t.Helper()
	var l net.Listener
	err := w.far.do(func() (err error) {
		l, err = net.Listen("tcp", modemPeer+":0")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return farListener{l}
}

type farListener struct{ net.Listener }

func (l farListener) Address() string { return l.Addr().String() }

func (l farListener) Accept() (drivertest.Peer, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return drivertest.TCPPeer{TCPConn: c.(*net.TCPConn)}, nil
}

// A link that goes takes its routes along.
func (w *world) down(t *testing.T) {
	is := is.New(t)
	must(t, setUp(modem, false))
	w.names.took()
	for _, d := range []*bind.Driver{{Interface: modem}, {Interface: modem, Source: ip(lanIP)}} {
		for _, address := range []string{page, "server.test:80"} {
			_, err := try(t, d, address)
			is.True(errors.Is(err, bind.ErrInterfaceDown)) // it does not go by the other link
			var fault *bind.Error
			is.True(errors.As(err, &fault) && fault.Interface == modem)
			is.True(strings.Contains(err.Error(), modem+": ")) // and says which
		}
	}
	_, err := try(t, &bind.Driver{Interface: modem}, page)
	is.True(errors.Is(err, syscall.ENETUNREACH))                              // the socket says why
	is.Equal(w.names.took(), nil)                                             // nor does a question
	is.Equal(get(t, &bind.Driver{Interface: lan}, page), "by-lan "+lanIP)     // the other works
	is.Equal(get(t, &bind.Driver{Interface: modem}, local), "here 127.0.0.1") // and so does loopback
	must(t, setUp(modem, true))
	must(t, addRoute(server+"/32", modemPeer, modem, 20))
	is.Equal(get(t, &bind.Driver{Interface: modem}, page), "by-modem "+modemIP) // up again, it is used again
}

// A modem without a network, or a cable that is out: nothing comes back.
func (w *world) noCarrier(t *testing.T) {
	is := is.New(t)
	must(t, w.far.do(func() error { return setUp("by-modem", false) }))
	d := &bind.Driver{Interface: modem}
	// The system tells of it after up to a second.
	for begun := time.Now(); time.Since(begun) < patience; {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		_, err := d.Dial(ctx, "tcp", page)
		cancel()
		if errors.Is(err, bind.ErrInterfaceDown) {
			var timeout net.Error
			is.True(errors.As(err, &timeout) && timeout.Timeout()) // and it is still the timeout that it was
			return
		}
	}
	t.Error("a link without a carrier is not down")
}
