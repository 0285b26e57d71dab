//go:build tinygo

package netdev

import (
	"errors"
	"net/netip"
)

var errIPv6 = errors.New("TinyGo's network drivers have no IPv6")

// parseIPv6 refuses all addresses: TinyGo's drivers speak IPv4 only, and netip.ParseAddr
// is 7 KB.
func parseIPv6(string) (netip.Addr, error) { return netip.Addr{}, errIPv6 }
