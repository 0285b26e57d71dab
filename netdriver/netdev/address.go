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
		host, bracket := strings.CutSuffix(host[1:], "]")
		if !bracket {
			return "", 0, errAddress
		}
		if _, err := parseIPv6(host); err != nil {
			return "", 0, err
		}
		return host, port, nil
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

// parseIP returns the address that host is. It fails if host is a name.
func parseIP(host string) (netip.Addr, error) {
	if ip, ok := parseIPv4(host); ok {
		return ip, nil
	}
	return parseIPv6(host)
}

// parseIPv4 takes four decimal numbers without leading zeros.
func parseIPv4(host string) (netip.Addr, bool) {
	var ip [4]byte
	for i := range ip {
		number, rest, dot := strings.Cut(host, ".")
		n, ok := parseNumber(number, 255)
		if !ok || dot != (i < 3) || len(number) > 1 && number[0] == '0' {
			return netip.Addr{}, false
		}
		ip[i], host = byte(n), rest
	}
	return netip.AddrFrom4(ip), true
}

func parsePort(s string) (uint16, bool) {
	n, ok := parseNumber(s, 65535)
	return uint16(n), ok && n > 0
}

// parseNumber takes decimal digits and nothing else.
func parseNumber(s string, most int) (n int, ok bool) {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		if n = n*10 + int(s[i]-'0'); n > most {
			return 0, false
		}
	}
	return n, s != ""
}
