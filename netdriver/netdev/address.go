package netdev

import (
	"net/netip"
	"strings"
)

// split cuts "host:port" into its host, without brackets, and its port. Only an
// IPv6 address may have brackets, and it must. It may have a zone.
func split(address string) (host string, port uint16, err error) {
	colon := strings.LastIndexByte(address, ':')
	if colon <= 0 {
		return "", 0, errAddress
	}
	host = address[:colon]
	port, ok := parsePort(address[colon+1:])
	if !ok {
		return "", 0, errAddress
	}
	if host[0] == '[' {
		ip, err := netip.ParseAddr(strings.TrimSuffix(host[1:], "]"))
		if err != nil || !ip.Is6() || host[len(host)-1] != ']' {
			return "", 0, errAddress
		}
		return host[1 : len(host)-1], port, nil
	}
	if strings.IndexByte(host, ':') >= 0 || strings.IndexByte(host, ']') >= 0 {
		return "", 0, errAddress
	}
	return host, port, nil
}

// withoutZone returns an address without its zone, and anything else as it is.
func withoutZone(host string) string {
	if i := strings.IndexByte(host, '%'); i >= 0 {
		return host[:i]
	}
	return host
}

// parsePort takes decimal digits and nothing else.
func parsePort(s string) (uint16, bool) {
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		if n = n*10 + int(s[i]-'0'); n > 65535 {
			return 0, false
		}
	}
	return uint16(n), n > 0
}
