package bind_test

import (
	"encoding/binary"
	"net"
	"net/netip"

	"golang.org/x/sys/unix"
)

// What the tool ip does, for who does not have it: each function is one message
// to the routing socket, in the network namespace of the calling thread.

var native = binary.NativeEndian

// addVeth makes a cable between the interface name here, and far in the namespace
// of the thread.
func addVeth(name, far string, thread int) error {
	peer := append(linkMessage(0, 0, 0), attribute(unix.IFLA_IFNAME, zero(far))...)
	peer = append(peer, attribute(unix.IFLA_NET_NS_PID, native.AppendUint32(nil, uint32(thread)))...)
	const vethPeer = 1 // VETH_INFO_PEER
	info := append(attribute(unix.IFLA_INFO_KIND, []byte("veth")),
		attribute(unix.IFLA_INFO_DATA, attribute(vethPeer, peer))...)
	m := append(linkMessage(0, 0, 0), attribute(unix.IFLA_IFNAME, zero(name))...)
	m = append(m, attribute(unix.IFLA_LINKINFO, info)...)
	return tell(unix.RTM_NEWLINK, unix.NLM_F_CREATE|unix.NLM_F_EXCL, m)
}

// setUp switches an interface on or off.
func setUp(name string, up bool) error {
	i, err := net.InterfaceByName(name)
	if err != nil {
		return err
	}
	var flags uint32
	if up {
		flags = unix.IFF_UP
	}
	return tell(unix.RTM_NEWLINK, 0, linkMessage(i.Index, flags, unix.IFF_UP))
}

// addAddress gives an interface an address.
func addAddress(name, prefix string) error {
	return changeAddress(unix.RTM_NEWADDR, unix.NLM_F_CREATE|unix.NLM_F_EXCL, name, prefix, unix.IFA_F_NODAD)
}

// addUntested gives an interface an address of IPv6 that others may have, too. It can be
// used after the system has asked, which takes a carrier.
func addUntested(name, prefix string) error {
	return changeAddress(unix.RTM_NEWADDR, unix.NLM_F_CREATE|unix.NLM_F_EXCL, name, prefix, 0)
}

// removeAddress takes an address from an interface.
func removeAddress(name, prefix string) error {
	return changeAddress(unix.RTM_DELADDR, 0, name, prefix, 0)
}

func changeAddress(kind, flags uint16, name, prefix string, of byte) error {
	i, err := net.InterfaceByName(name)
	if err != nil {
		return err
	}
	p := netip.MustParsePrefix(prefix)
	m := []byte{family(p.Addr()), byte(p.Bits()), of, 0}
	m = native.AppendUint32(m, uint32(i.Index))
	m = append(m, attribute(unix.IFA_LOCAL, p.Addr().AsSlice())...)
	m = append(m, attribute(unix.IFA_ADDRESS, p.Addr().AsSlice())...)
	return tell(kind, flags, m)
}

// addName gives an interface a second name.
func addName(name, second string) error {
	i, err := net.InterfaceByName(name)
	if err != nil {
		return err
	}
	m := append(linkMessage(i.Index, 0, 0), attribute(unix.IFLA_PROP_LIST|unix.NLA_F_NESTED, attribute(unix.IFLA_ALT_IFNAME, zero(second)))...)
	return tell(unix.RTM_NEWLINKPROP, unix.NLM_F_CREATE|unix.NLM_F_EXCL, m)
}

// removeLink removes an interface, and with it the other end of its cable.
func removeLink(name string) error {
	i, err := net.InterfaceByName(name)
	if err != nil {
		return err
	}
	return tell(unix.RTM_DELLINK, 0, linkMessage(i.Index, 0, 0))
}

// addRoute adds a way to an address. The lowest metric is the one that is taken.
func addRoute(to, via, name string, metric uint32) error {
	i, err := net.InterfaceByName(name)
	if err != nil {
		return err
	}
	p, gateway := netip.MustParsePrefix(to), netip.MustParseAddr(via)
	m := []byte{
		family(gateway), byte(p.Bits()), 0, 0,
		unix.RT_TABLE_MAIN, unix.RTPROT_STATIC, unix.RT_SCOPE_UNIVERSE, unix.RTN_UNICAST, 0, 0, 0, 0,
	}
	m = append(m, attribute(unix.RTA_DST, p.Addr().AsSlice())...)
	m = append(m, attribute(unix.RTA_GATEWAY, gateway.AsSlice())...)
	m = append(m, attribute(unix.RTA_OIF, native.AppendUint32(nil, uint32(i.Index)))...)
	m = append(m, attribute(unix.RTA_PRIORITY, native.AppendUint32(nil, metric))...)
	return tell(unix.RTM_NEWROUTE, unix.NLM_F_CREATE|unix.NLM_F_EXCL, m)
}

func family(ip netip.Addr) byte {
	if ip.Is4() {
		return unix.AF_INET
	}
	return unix.AF_INET6
}

// linkMessage is a struct ifinfomsg.
func linkMessage(index int, flags, change uint32) []byte {
	m := native.AppendUint32(nil, unix.AF_UNSPEC)
	m = native.AppendUint32(m, uint32(index))
	m = native.AppendUint32(m, flags)
	return native.AppendUint32(m, change)
}

func zero(name string) []byte { return append([]byte(name), 0) }

// attribute is a struct rtattr and its value, padded.
func attribute(kind uint16, value []byte) []byte {
	a := native.AppendUint16(nil, uint16(4+len(value)))
	a = native.AppendUint16(a, kind)
	a = append(a, value...)
	for len(a)%4 != 0 {
		a = append(a, 0)
	}
	return a
}

// tell sends a request to the kernel, and returns what it says to it.
func tell(kind, flags uint16, body []byte) error {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	m := native.AppendUint32(nil, uint32(unix.NLMSG_HDRLEN+len(body)))
	m = native.AppendUint16(m, kind)
	m = native.AppendUint16(m, unix.NLM_F_REQUEST|unix.NLM_F_ACK|flags)
	m = append(native.AppendUint64(m, 1), body...) // sequence number 1, and whose: to be filled in
	if err := unix.Sendto(fd, m, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return err
	}
	answer := make([]byte, 4096)
	n, _, err := unix.Recvfrom(fd, answer, 0)
	if err != nil {
		return err
	}
	if n < 20 || native.Uint16(answer[4:]) != unix.NLMSG_ERROR {
		return unix.EPROTO
	}
	if code := int32(native.Uint32(answer[16:])); code != 0 {
		return unix.Errno(-code)
	}
	return nil
}
