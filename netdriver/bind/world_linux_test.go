package bind_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"testing"
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
)

// The world has a machine with two links, which is this process, and a server,
// which is a namespace of it. Either link leads to the server; the route by lan
// is preferred.
//
//	 machine              server
//	10.0.1.1 modem ---- by-modem 10.0.1.2
//	10.0.2.1 lan   ---- by-lan   10.0.2.2   10.9.9.9 on loopback
const (
	modem      = "uplink-by-modem" // as long as a name can be
	lan        = "lan"
	modemIP    = "10.0.1.1"
	modemPeer  = "10.0.1.2"
	lanIP      = "10.0.2.1"
	lanPeer    = "10.0.2.2"
	server     = "10.9.9.9"
	stub       = "127.0.0.53"       // the nameserver on the machine itself
	silentIPv6 = "2001:db8:1::dead" // on the link of the modem, and nobody there
	page       = server + ":80"     // tells who comes and by which link
	local      = "127.0.0.1:80"     // the same on the machine itself
	unassigned = "10.0.1.99:80"     // nobody there either
	patience   = 10 * time.Second   // longer than anything here takes
)

type world struct {
	far    *space
	names  nameserver // at the server
	local  nameserver // at the stub
	noIPv6 error      // why the system has none
}

// newWorld makes the links. Its error says what the system cannot make.
func newWorld(t *testing.T) (*world, error) {
	w := &world{
		names: nameserver{zone: map[string][]string{
			"server.test": {server},
			"both.test":   {silentIPv6, server},
			"six.test":    {silentIPv6},
			tooLong:       {server},
		}},
		local: nameserver{zone: map[string][]string{"local.test": {"127.0.0.1"}}},
	}
	far, err := newSpace(t)
	if err != nil {
		return nil, err
	}
	w.far = far
	err = errors.Join(
		addVeth(modem, "by-modem", far.thread),
		addVeth(lan, "by-lan", far.thread),
	)
	if err != nil {
		return nil, err
	}
	must(t, errors.Join(
		noAddressesOfItsOwn(modem, lan),
		setUp("lo", true), setUp(modem, true), setUp(lan, true),
		addAddress(modem, modemIP+"/24"), addAddress(lan, lanIP+"/24"),
	))
	must(t, far.do(func() error {
		return errors.Join(
			noAddressesOfItsOwn("by-modem", "by-lan"),
			setUp("lo", true), setUp("by-modem", true), setUp("by-lan", true),
			addAddress("lo", server+"/32"), addAddress("by-modem", modemPeer+"/24"), addAddress("by-lan", lanPeer+"/24"),
			anyWay(),
		)
	}))
	must(t, errors.Join(anyWay(), routes()))
	w.noIPv6 = w.addIPv6()
	w.serve(t)
	return w, nil
}

// addIPv6 gives the link of the modem addresses of IPv6.
func (w *world) addIPv6() error {
	err := addAddress(modem, "2001:db8:1::1/64")
	if err == nil {
		err = addAddress(modem, "fe80::a/64")
	}
	if err == nil {
		err = w.far.do(func() error { return addAddress("by-modem", "fe80::b/64") })
	}
	return err
}

// noAddressesOfItsOwn keeps the system from giving links a link-local address. It would
// use it after a second or two, so that what a call does would depend on when it is made.
func noAddressesOfItsOwn(links ...string) error {
	var all error
	for _, name := range links {
		err := os.WriteFile("/proc/sys/net/ipv6/conf/"+name+"/addr_gen_mode", []byte("1"), 0)
		if !errors.Is(err, os.ErrNotExist) {
			all = errors.Join(all, err)
		}
	}
	return all
}

// routes are the two ways to the server.
func routes() error {
	return errors.Join(
		addRoute(server+"/32", lanPeer, lan, 10),
		addRoute(server+"/32", modemPeer, modem, 20),
	)
}

// anyWay lets packets come in by one link whose answers leave by the other.
func anyWay() error {
	var all error
	for _, name := range []string{"all", modem, lan, "by-modem", "by-lan"} {
		err := os.WriteFile("/proc/sys/net/ipv4/conf/"+name+"/rp_filter", []byte("0"), 0)
		if !errors.Is(err, os.ErrNotExist) {
			all = errors.Join(all, err)
		}
	}
	return all
}

func (w *world) serve(t *testing.T) {
	for _, link := range []string{"by-modem", "by-lan"} {
		t.Cleanup(answer(w.far.listen(t, page, link), link))
		w.names.serve(t, w.far.listenPacket(t, server+":53", link), link)
		w.names.serveTCP(t, w.far.listen(t, server+":53", link), link)
	}
	if w.noIPv6 == nil {
		t.Cleanup(answer(w.far.listen(t, "[fe80::b%by-modem]:80", ""), "by-modem"))
	}
	l, err := net.Listen("tcp", local)
	must(t, err)
	t.Cleanup(answer(l, "here"))
	c, err := net.ListenPacket("udp", stub+":53")
	must(t, err)
	w.local.serve(t, c, "here")
}

// get returns what the server says over d: the link and the address that it saw.
func get(t *testing.T, d netdriver.Driver, address string) string {
	t.Helper()
	body, err := try(t, d, address)
	must(t, err)
	return body
}

func try(t *testing.T, d netdriver.Driver, address string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	resp, err := zreq.Get(ctx, "http://"+address+"/", &zreq.Args{Driver: d})
	if err != nil {
		return "", err
	}
	return resp.Text()
}

func ip(s string) netip.Addr { return netip.MustParseAddr(s) }
