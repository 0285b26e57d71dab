package target

import "github.com/zreq-go/zreq/zreq/internal/ascii"

// validZone reports whether s is a zone as a URL has it: nothing, or %25 and a name, in which
// any byte may be escaped and a space must be (RFC 6874, 2).
func validZone(s string) bool {
	if s == "" {
		return true
	}
	decoded, stray := ascii.Unescape(s)
	if len(s) > 255 || stray != "" || len(decoded) < 2 || decoded[0] != '%' || ascii.IndexByte(s, ' ') >= 0 {
		return false
	}
	for i := 1; i < len(decoded); i++ {
		if c := decoded[i]; c < ' ' || c == 0x7f || ascii.IndexByte(`%[]/\`, c) >= 0 {
			return false // a driver would read the address in another way
		}
	}
	return true
}

// InheritZone gives the host of a Location the zone of the URL that was asked. A server does
// not know that zone, since no Host has it: so the same address, or another of the same
// link, means one in that zone. A zone of the server's own means nothing here.
func (t *Target) InheritZone(from *Target) error {
	switch {
	case t.Zone != "":
		if zone(&t.Origin) != zone(&from.Origin) {
			return &urlError{text: urlLocation, part: t.Zone}
		}
	case from.Zone != "" && (isLinkLocal(t.Host) || ascii.EqualFold(t.Host, from.Host)):
		t.Zone = from.Zone
	}
	return nil
}

// isLinkLocal reports whether an IPv6 address is one of fe80::/10, which is known on its link
// alone (RFC 4291, 2.4). "fe8::1" has three digits, and is 0fe8::1.
func isLinkLocal(address string) bool {
	rest, ok := ascii.CutPrefixFold(address, "fe")
	return ok && len(rest) > 2 && ascii.IndexByte("89abAB", rest[0]) >= 0 && rest[1] != ':' && rest[2] == ':'
}
