// Package bind is a driver over TCP of the operating system that uses only one network
// interface, one source address, or both.
//
//	netdriver.Register("lte", &bind.Driver{Interface: "wwan0"})
//	err := netdriver.SetDefault("lte") // for all calls that name no driver
//
// A Driver can also be passed to a single call:
//
//	wired := &bind.Driver{Source: netip.MustParseAddr("192.168.1.20")}
//	resp, err := zreq.Get(ctx, url, &zreq.Args{Driver: wired})
//
// Everything else is as in package stdnet. Connections are *stdnet.Conn. Importing bind
// registers stdnet, so a program that registers a driver of its own has two, and chooses
// with SetDefault.
//
// # Interfaces
//
// With an Interface, the routing table does not matter. If the interface is down or does
// not exist, a dial fails with an [Error] that says so, and uses no other interface. When
// the interface is back, dials succeed again. This uses SO_BINDTODEVICE, which exists
// only on Linux and needs no privileges from Linux 5.7 on. On other systems a dial fails
// with [ErrUnsupported].
//
// If an interface has no route to a server, the system looks for the server among the
// neighbours on its link. That is right for a modem, and seldom for anything else.
//
// # Source addresses
//
// A Source works on every system, but it does not choose a link. Its packets leave as the
// routing table says. On Linux that is by the default route, unless there is a rule for
// the address (ip rule add from ...). The package creates neither routes nor rules.
//
// # Names
//
// Names are looked up by Go's resolver, from /etc/hosts and from the nameservers of the
// system. The nameservers are asked through the same interface and from the same address.
// A nameserver of the other IP version than Source is not asked from Source. A nameserver
// on loopback, such as the stub of systemd-resolved, is asked as it is and chooses its
// own way. The package does not know nameservers that came with a link, for example by
// DHCP, nor other sources of names, such as mDNS. A Driver with a Resolver of its own
// uses that for names, and binds none of it.
//
// # Dead links
//
// A link that drops all packets is noticed as in package stdnet: see the fields DeadAfter
// and KeepAlive of [Driver]. An interface that goes down breaks no connection by itself.
// Calls over it fail when DeadAfter or one of their Timeouts has passed.
//
// # Limits
//
// Loopback is on no other interface, so addresses such as 127.0.0.1 are dialled without
// the Interface.
//
// The package does not choose between links, and does not change to another link when one
// fails: package failover does. [Driver.Watch] tells of a link that goes and comes.
package bind
