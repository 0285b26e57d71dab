package target

import "github.com/zreq-go/zreq/zreq/internal/ascii"

// zoneMark stands before the zone of an IPv6 address in a URL (RFC 6874, 2).
const zoneMark = "%25"

// parseZone returns the zone of an IPv6 address as a driver takes it: "eth0" of "%25eth0".
func parseZone(s string) (zone string, ok bool) {
	encoded, ok := ascii.CutPrefixFold(s, zoneMark)
	decoded, stray := ascii.Unescape(encoded)
	if !ok || len(s) > 255 || decoded == "" || stray != "" || ascii.IndexByte(encoded, ' ') >= 0 {
		return "", false // a space has to be encoded
	}
	for i := range len(decoded) {
		if c := decoded[i]; c < ' ' || c == 0x7f || ascii.IndexByte(`%[]/\`, c) >= 0 {
			return "", false // a driver would read the address in another way
		}
	}
	return decoded, true
}

// formatZone returns a zone as it stands in a URL, with its mark.
func formatZone(zone string) string {
	const hex = "0123456789ABCDEF"
	text := []byte(zoneMark)
	for i := range len(zone) {
		c := zone[i]
		if ascii.IsAlphanumeric(c) || ascii.IndexByte("-._~", c) >= 0 {
			text = append(text, c)
		} else {
			text = append(text, '%', hex[c>>4], hex[c&15])
		}
	}
	return string(text)
}

// InheritZone gives the host of a Location the zone of the URL that was asked. A server does
// not know that zone, since no Host has it: so the same address, or another of the same
// link, means one in that zone. A zone of the server's own means nothing here.
func (t *Target) InheritZone(from *Target) error {
	if t.Zone != "" && t.Zone != from.Zone {
		return &urlError{text: urlLocation, part: t.Zone}
	}
	if !t.IPv6 || from.Zone == "" {
		return nil
	}
	// An address on the link alone is of fe80::/10 (RFC 4291, 2.4). "fe8::1" has three digits,
	// and is 0fe8::1.
	rest, ok := ascii.CutPrefixFold(t.Host, "fe")
	ok = ok && len(rest) > 2 && rest[1] != ':' && rest[2] == ':' && ascii.IndexByte("89abAB", rest[0]) >= 0
	if ok || ascii.EqualFold(t.Host, from.Host) {
		t.Zone = from.Zone
	}
	return nil
}
