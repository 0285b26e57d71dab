package proxy

import (
	"errors"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// Why an address cannot be given to a proxy.
var (
	errNetwork  = errors.New(`the network is "tcp": the proxy chooses the IP version`)
	errNotPort  = errors.New("it is host:port, with a port from 1 to 65535")
	errNoHost   = errors.New("the host is empty")
	errLongHost = errors.New("the host has more than 255 bytes")
	errBadHost  = errors.New("the host contains a character that no host name has")
	errZone     = errors.New("the zone of an IPv6 address names a link of this machine, which the proxy does not have")
)

// Errors about the address of a proxy. None shows it, because it may contain a password.
var (
	errProxyAddress  = errors.New(`the address of a proxy is "host:port"`)
	errProxyURL      = errors.New(`the address of an HTTP proxy is "host:port", "http://host:port" or "https://host:port", without a path`)
	errProxyUserinfo = errors.New("the address of a proxy contains no user and password: they belong into Options")
)

// splitAddress returns the host, without brackets, and the port of an address that a
// proxy is to connect to.
func splitAddress(network, address string) (host string, port int, err error) {
	if network != "tcp" {
		return "", 0, errNetwork
	}
	host, port, err = splitHostPort(address)
	if err == nil && strings.Contains(host, "%") {
		err = errZone
	}
	return host, port, err
}

// splitHostPort returns the host, without brackets, and the port of an address.
func splitHostPort(address string) (host string, port int, err error) {
	host, digits, err := net.SplitHostPort(address)
	if err != nil || strings.Trim(digits, "0123456789") != "" {
		return "", 0, errNotPort
	}
	port, err = strconv.Atoi(digits)
	switch {
	case err != nil, port < 1, port > 65535:
		return "", 0, errNotPort
	case host == "":
		return "", 0, errNoHost
	case len(host) > 255:
		return "", 0, errLongHost
	case address[0] == '[':
		if ip, err := netip.ParseAddr(host); err != nil || !ip.Is6() {
			return "", 0, errBadHost
		}
	case strings.ContainsFunc(host, notInName):
		return "", 0, errBadHost
	}
	return host, port, nil
}

// notInName reports whether a host name cannot contain r (RFC 3986, 3.2.2). Whether there
// is such a name is left to the proxy.
func notInName(r rune) bool {
	letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	digit := '0' <= r && r <= '9'
	return !letter && !digit && !strings.ContainsRune("-._~!$&'()*+,;=", r)
}

// parseHTTP returns the address of an HTTP proxy as host:port, and whether it is reached
// over TLS.
func parseHTTP(address string) (hostPort string, secure bool, err error) {
	scheme, rest, isURL := strings.Cut(address, "://")
	if !isURL {
		rest = address
	}
	if strings.Contains(rest, "@") {
		return "", false, errProxyUserinfo
	}
	if isURL {
		rest = strings.TrimSuffix(rest, "/")
		defaultPort := ":80"
		switch strings.ToLower(scheme) {
		case "http":
		case "https":
			secure, defaultPort = true, ":443"
		default:
			return "", false, errProxyURL
		}
		if _, _, err := splitHostPort(rest + defaultPort); err == nil {
			rest += defaultPort
		}
	}
	if _, _, err := splitHostPort(rest); err != nil {
		return "", false, errProxyURL
	}
	return rest, secure, nil
}
