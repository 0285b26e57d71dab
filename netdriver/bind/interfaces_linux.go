package bind

import (
	"encoding/binary"
	"net/netip"
	"os"
	"strings"
	"syscall"
)

// Attributes that package syscall does not name, from linux/if_link.h.
const (
	iflaPropList   = 52 // holds attributes itself
	iflaAltIfname  = 53
	attrTypeMask   = 0x3fff // without NLA_F_NESTED and NLA_F_NET_BYTEORDER
	attrHeaderSize = 4
)

// interfaces returns what rtnetlink says (RTM_GETLINK and RTM_GETADDR).
func interfaces() ([]networkInterface, error) {
	links, err := dump(syscall.RTM_GETLINK)
	if err != nil {
		return nil, err
	}
	addresses, err := dump(syscall.RTM_GETADDR)
	if err != nil {
		return nil, err
	}
	var all []networkInterface
	at := make(map[uint32]int) // by index of the system
	for i := range links {
		if index, ok := linkOf(&links[i], &all); ok {
			at[index] = len(all) - 1
		}
	}
	for i := range addresses {
		index, address, ok := addressOf(&addresses[i])
		if n, known := at[index]; ok && known {
			all[n].addresses = append(all[n].addresses, address)
		}
	}
	return all, nil
}

// dump asks for everything of one kind.
func dump(request int) ([]syscall.NetlinkMessage, error) {
	answer, err := syscall.NetlinkRIB(request, syscall.AF_UNSPEC)
	if err != nil {
		return nil, os.NewSyscallError("netlinkrib", err)
	}
	messages, err := syscall.ParseNetlinkMessage(answer)
	return messages, os.NewSyscallError("parsenetlinkmessage", err)
}

// linkOf appends the interface of an RTM_NEWLINK to all, and returns its index. The
// message begins with a struct ifinfomsg: family, padding, type (16 bits), index, flags.
func linkOf(m *syscall.NetlinkMessage, all *[]networkInterface) (index uint32, ok bool) {
	if m.Header.Type != syscall.RTM_NEWLINK || len(m.Data) < syscall.SizeofIfInfomsg {
		return 0, false
	}
	attributes, err := syscall.ParseNetlinkRouteAttr(m)
	if err != nil {
		return 0, false
	}
	const running = syscall.IFF_UP | syscall.IFF_RUNNING
	i := networkInterface{running: binary.NativeEndian.Uint32(m.Data[8:])&running == running}
	for _, a := range attributes {
		switch a.Attr.Type & attrTypeMask {
		case syscall.IFLA_IFNAME:
			i.names = append([]string{text(a.Value)}, i.names...)
		case iflaPropList:
			i.names = append(i.names, alternatives(a.Value)...)
		}
	}
	if len(i.names) == 0 {
		return 0, false
	}
	*all = append(*all, i)
	return binary.NativeEndian.Uint32(m.Data[4:]), true
}

// alternatives returns the names in the value of an IFLA_PROP_LIST.
func alternatives(list []byte) (names []string) {
	for len(list) >= attrHeaderSize {
		size := int(binary.NativeEndian.Uint16(list))
		if size < attrHeaderSize || size > len(list) {
			break
		}
		if binary.NativeEndian.Uint16(list[2:])&attrTypeMask == iflaAltIfname {
			names = append(names, text(list[attrHeaderSize:size]))
		}
		list = list[min((size+3)&^3, len(list)):]
	}
	return names
}

// text returns a string that ends with a zero byte.
func text(value []byte) string { return strings.TrimRight(string(value), "\x00") }

// addressOf returns the address of an RTM_NEWADDR, and the index of its interface. An
// address of IPv6 cannot be used while the system looks for a duplicate of it, or has found
// one (RFC 4862, 5.4). The message begins with a struct ifaddrmsg: family, prefix length,
// flags, scope, index.
func addressOf(m *syscall.NetlinkMessage) (index uint32, address netip.Addr, ok bool) {
	if m.Header.Type != syscall.RTM_NEWADDR || len(m.Data) < syscall.SizeofIfAddrmsg {
		return 0, netip.Addr{}, false
	}
	const untested = syscall.IFA_F_TENTATIVE | syscall.IFA_F_OPTIMISTIC
	flags := m.Data[2]
	if flags&syscall.IFA_F_DADFAILED != 0 || flags&untested == syscall.IFA_F_TENTATIVE {
		return 0, netip.Addr{}, false
	}
	attributes, err := syscall.ParseNetlinkRouteAttr(m)
	if err != nil {
		return 0, netip.Addr{}, false
	}
	for _, a := range attributes {
		// IFA_ADDRESS is the peer's on a point-to-point link; IFA_LOCAL is always ours.
		if kind := a.Attr.Type & attrTypeMask; kind == syscall.IFA_LOCAL || kind == syscall.IFA_ADDRESS && !ok {
			address, ok = netip.AddrFromSlice(a.Value)
			if kind == syscall.IFA_LOCAL {
				break
			}
		}
	}
	return binary.NativeEndian.Uint32(m.Data[4:]), address, ok
}
