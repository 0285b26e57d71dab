//go:build !tinygo

package netdev

import "net/netip"

// parseIPv6 returns the IPv6 address that host is, which may have a zone.
func parseIPv6(host string) (netip.Addr, error) {
	ip, err := netip.ParseAddr(host)
	if err != nil || !ip.Is6() {
		return netip.Addr{}, errAddress
	}
	return ip, nil
}
