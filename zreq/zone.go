package zreq

// zoneMark stands before the zone of an IPv6 address in a URL (RFC 6874, 2).
const zoneMark = "%25"

// parseZone returns the zone of an IPv6 address as a driver takes it: "eth0" of "%25eth0".
// Most of the time that is a part of s.
func parseZone(s string) (zone string, ok bool) {
	if len(s) <= len(zoneMark) || len(s) > 255 || s[:len(zoneMark)] != zoneMark {
		return "", false
	}
	s = s[len(zoneMark):]
	encoded := indexByte(s, '%') >= 0
	var decoded []byte
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == ' ' {
			return "", false // it has to be encoded
		}
		if c == '%' {
			if c, ok = unescape(s[i:]); !ok {
				return "", false
			}
			i += 2
		}
		switch {
		case c < ' ', c == 0x7f, c == '%', c == '[', c == ']', c == '/', c == '\\':
			return "", false // a driver would read the address in another way
		}
		if encoded {
			decoded = append(decoded, c)
		}
	}
	if encoded {
		return string(decoded), true
	}
	return s, true
}

// appendZone appends a zone as it stands in a URL.
func appendZone(dst []byte, zone string) []byte {
	const hex = "0123456789ABCDEF"
	dst = appendText(dst, zoneMark)
	for i := range len(zone) {
		switch c := zone[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', indexByte("-._~", c) >= 0:
			dst = append(dst, c)
		default:
			dst = append(dst, '%', hex[c>>4], hex[c&15])
		}
	}
	return dst
}

// isLinkLocal reports whether an IPv6 address is on the link alone, fe80::/10
// (RFC 4291, 2.4): which link, its zone says.
func isLinkLocal(address string) bool {
	return len(address) > 4 && address[4] == ':' && hasPrefixFold(address, "fe") && indexByte("89abAB", address[2]) >= 0
}

// inheritZone gives the host of a Location the zone of the URL that was asked. A server does
// not know that zone, since no Host has it: so the same address, or another of the same
// link, means one in that zone. A zone of the server's own means nothing here.
func (t *target) inheritZone(from *target) error {
	switch {
	case t.zone != "" && t.zone != from.zone:
		return &urlError{text: urlLocation, part: t.zone}
	case t.ipv6 && from.zone != "" && (isLinkLocal(t.host) || equalFold(t.host, from.host)):
		t.zone = from.zone
	}
	return nil
}
