//go:build tinygo

package netdev

import "net/netip"

// parseIPv6 refuses all addresses: TinyGo's drivers speak IPv4 only, and netip.ParseAddr
// is 7 KB.
func parseIPv6(string) (netip.Addr, error) { return netip.Addr{}, errIPv6 }
