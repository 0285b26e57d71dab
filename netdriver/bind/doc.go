// Package bind is a driver over TCP of the operating system that keeps to one way
// out: a network interface, a source address, or both.
//
//	netdriver.Register("lte", &bind.Driver{Interface: "wwan0"})
//	err := netdriver.SetDefault("lte") // for all calls that name no driver
//
// or for one call only:
//
//	wired := &bind.Driver{Source: netip.MustParseAddr("192.168.1.20")}
//	resp, err := zreq.Get(ctx, url, &zreq.Args{Driver: wired})
//
// Everything but the way is stdnet's: the connections are *stdnet.Conn, with all
// that they can do. Importing bind registers stdnet, so that a program that
// registers a driver of its own has two, and chooses by SetDefault.
//
// An interface is kept to whatever the routing table prefers. While it is down, or
// not there, a dial fails with an [Error] that says so; it never goes another way.
// When the interface is back, so is the driver. This is SO_BINDTODEVICE, on Linux
// only and from 5.7 on without privileges; elsewhere it is [ErrUnsupported].
//
// A source address works everywhere, and chooses no link by itself: packets that
// carry it leave as the routing table says, on Linux by the default route, unless
// there is a rule for the address (ip rule add from ...). The package makes neither
// routes nor rules. An interface takes a server that it has no route to for a
// neighbour on its link, which is right for a modem and seldom for anything else.
//
// Names are looked up the same way, with Go's resolver: /etc/hosts and the
// nameservers of the system, asked through the interface and from the address. A
// nameserver of the other IP version is not asked from it. A nameserver on loopback,
// such as the stub of systemd-resolved, is asked as it is, and chooses its own
// way to the world. The nameservers that came with a link (by DHCP, say) are not
// known here; nor are other sources of names, such as mDNS. With a Resolver of its
// own a Driver looks names up by that, and binds nothing of it.
//
// Loopback is not on any other interface: addresses such as 127.0.0.1 are dialled
// without the interface.
//
// The package does not choose between links, does not watch them, and does not
// change to another when one fails.
package bind
