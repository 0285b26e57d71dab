package comments

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/bind"
	"github.com/zreq-go/zreq/netdriver/failover"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/netdev"
	"github.com/zreq-go/zreq/netdriver/proxy"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
	"github.com/zreq-go/zreq/netdriver/unixnet"
	"github.com/zreq-go/zreq/zreq"
)

// A name can be registered once in a program, so these run once, however often the tests do.
var registered sync.Once

func TestRegister(t *testing.T) {
	is := is.New(t)
	defer useDefaults()
	var chip struct{ netdev.Netdever } // nothing is dialled
	d, err := proxy.HTTP(nil, "proxy.example.org:3128", nil)
	is.NoErr(err) // it is an address
	registered.Do(func() {
		netdriver.Register("wifi", netdev.New(chip))
		netdriver.Register("snapd", unixnet.New("/run/snapd.socket"))
		func() {
			netdriver.Register("lte", &bind.Driver{Interface: "wwan0"})
			err := netdriver.SetDefault("lte") // for all calls that name no driver
			is.NoErr(err)                      // it is there
		}()
		netdriver.Register("company", d)
		err = netdriver.SetDefault("company")
		is.NoErr(err) // it is there
	})
	for _, name := range []string{"wifi", "snapd", "lte", "company"} {
		_, err := netdriver.Lookup(name)
		is.NoErr(err) // it is registered
	}
}

func TestBind(t *testing.T) {
	is := is.New(t)
	ctx, url := t.Context(), "http://"+address(t)+"/"
	wired := &bind.Driver{Source: netip.MustParseAddr("192.168.1.20")}
	resp, err := zreq.Get(ctx, url, &zreq.Args{Driver: wired})
	is.True(errors.Is(err, bind.ErrNoSource) || err == nil && resp.Status == 200) // few machines have it
}

// address returns where the server of the comments really is.
func address(t *testing.T) string {
	t.Helper()
	d, err := netdriver.Lookup("everywhere")
	is.New(t).NoErr(err) // TestMain has registered it
	return d.(*everywhere).plain
}

func TestStdnet(t *testing.T) {
	is := is.New(t)
	ctx, url, modem := t.Context(), "http://"+address(t)+"/", net.IPv4(127, 0, 0, 1)
	d := &stdnet.Driver{LocalIP: modem, KeepAlive: -1}
	resp, err := zreq.Get(ctx, url, &zreq.Args{Driver: d})
	is.NoErr(err) // it is dialled
	is.Equal(resp.Status, 200)
}

func TestProxy(t *testing.T) {
	is := is.New(t)
	ctx, url, password := t.Context(), "http://example.org/", "secret"
	via, err := netdriver.Default()
	is.NoErr(err) // TestMain has set it
	is.NoErr(func() error {
		d, err := proxy.HTTP(via, "proxy.example.org:3128", &proxy.Options{User: "gateway", Password: password})
		if err != nil {
			return err
		}
		resp, err := zreq.Get(ctx, url, &zreq.Args{Driver: d})
		if err == nil {
			is.Equal(resp.Status, 200) // the proxy answers by itself
		}
		return err
	}()) // it is fetched
}

func TestFailover(t *testing.T) {
	is := is.New(t)
	d, err := failover.New(
		failover.Link{Name: "cable", Driver: &bind.Driver{Interface: "eth0"}},
		failover.Link{Name: "modem", Driver: &bind.Driver{Interface: "wwan0"}},
	)
	session := &zreq.Session{Driver: d}
	is.NoErr(err) // these are links
	defer session.Close()

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err = func() error {
		for _, err := range d.Watch(ctx) {
			if err != nil {
				return err
			}
			session.CloseIdle()
		}
		return nil
	}()
	is.True(err != nil) // it ends when the context does
}

func TestMemnet(t *testing.T) {
	is := is.New(t)
	ctx := t.Context()
	n := memnet.New()
	l, _ := n.Listen("device.test:80")
	go func() {
		peer, _ := l.Accept()
		io.WriteString(peer, "hello")
		peer.Close()
	}()
	c, err := n.Dial(ctx, "tcp", "device.test:80")
	is.NoErr(err) // it is dialled
	defer c.Close()
	buf := make([]byte, 5)
	_, err = io.ReadFull(c, buf)
	is.NoErr(err)
	is.Equal(string(buf), "hello") // and speaks
}

func TestUnixnet(t *testing.T) {
	is := is.New(t)
	ctx := t.Context()
	docker := unixnet.New("/run/docker.sock")
	resp, err := zreq.Get(ctx, "http://docker/containers/json", &zreq.Args{Driver: docker})
	is.True(errors.Is(err, zreq.ErrConnect) || err == nil && resp.Status > 0) // not every machine has it
}

func TestTlsnet(t *testing.T) {
	is := is.New(t)
	defer useDefaults()
	ctx, factoryPEM := t.Context(), authority.PEM()
	roots, err := tlsnet.Roots(factoryPEM)
	secure := tlsnet.New(&tlsnet.Config{RootCAs: roots})
	resp, err := zreq.Get(ctx, "https://gateway.local/", &zreq.Args{TLS: secure})
	netdriver.SetTLS(secure)         // for all calls that name no TLS
	defer func() { is.NoErr(err) }() // it is trusted
	is.Equal(resp.Status, 200)
}

func TestTlsnetPins(t *testing.T) {
	is := is.New(t)
	var spare tlsnet.Pin
	pin, err := tlsnet.ParsePin("sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
	secure := tlsnet.New(&tlsnet.Config{Pins: []tlsnet.Pin{pin, spare}})
	is.NoErr(err) // it is a pin
	_, err = zreq.Get(t.Context(), "https://gateway.local/", &zreq.Args{TLS: secure})
	is.True(errors.Is(err, tlsnet.ErrPin)) // which the server does not have
}

func TestTlsnetElement(t *testing.T) {
	is := is.New(t)
	roots := authority.Pool()
	element, err := tlstest.NewElement()
	is.NoErr(err) // an element is made of nothing
	chainPEM, err := authority.Certify(element.Public(), "device")
	is.NoErr(err) // it is certified
	device, err := tlsnet.KeyPair(chainPEM, element)
	secure := tlsnet.New(&tlsnet.Config{RootCAs: roots, Certificates: []tls.Certificate{device}})
	is.NoErr(err) // the key is that of the certificate
	_, err = zreq.Get(t.Context(), "https://gateway.local/", &zreq.Args{TLS: secure})
	is.NoErr(err) // and the server is trusted
}

func TestTlstest(t *testing.T) {
	is := is.New(t)
	tcp, down := net.Listen("tcp", "127.0.0.1:0")
	is.NoErr(down) // the loopback is there
	ca, err := tlstest.NewAuthority()
	config, err := ca.Server("example.org", "127.0.0.1")
	listener := tls.NewListener(tcp, config)
	secure := tlsnet.New(&tlsnet.Config{RootCAs: ca.Pool()})
	defer func() { is.NoErr(err) }() // it certifies
	server := &http.Server{Handler: routes()}
	go func() { _ = server.Serve(listener) }() // ends with the server
	defer server.Close()
	resp, err := zreq.Get(t.Context(), "https://"+tcp.Addr().String()+"/", &zreq.Args{Driver: new(stdnet.Driver), TLS: secure})
	is.NoErr(err) // it is trusted
	is.Equal(resp.Status, 200)
}
