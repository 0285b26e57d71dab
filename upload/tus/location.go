package tus

import (
	"errors"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/zreq-go/zreq/internal/urlcheck"
	"github.com/zreq-go/zreq/zreq"
)

var (
	errNoLocation  = errors.New("there is no Location")
	errLocations   = errors.New("there are two Locations")
	errBadLocation = errors.New("the Location is no URL of http or https")
	errLongURL     = errors.New("the Location is longer than " + strconv.Itoa(maxURL) + " bytes")
	errZone        = errors.New("the Location has a zone, which is that of the server's own machine (RFC 6874, 1)")
	errUserinfo    = errors.New("the Location has userinfo (RFC 9110, 4.2.4)")
	errDowngrade   = errors.New("the Location begins with http:// and the endpoint with https://: " +
		"the server does not know that it is behind TLS. Tell it so (tusd: -behind-proxy, and the proxy sends X-Forwarded-Proto), " +
		"or let it send a relative Location")
)

// locationOf returns the URL of an upload that was created, without a fragment. A relative
// one is resolved against the URL that was requested (RFC 9110, 10.2.2).
func locationOf(resp *zreq.Response) (string, error) {
	values := resp.Values("Location")
	switch {
	case len(values) == 0 || values[0] == "":
		return "", errNoLocation
	case len(values) > 1:
		return "", errLocations
	case len(values[0]) > maxURL:
		return "", errLongURL
	}
	from, err := url.Parse(resp.URL())
	if err != nil {
		return "", errBadLocation // err would show the query
	}
	to, err := from.Parse(values[0])
	switch {
	case err != nil:
		return "", errBadLocation
	case to.User != nil:
		return "", errUserinfo
	case to.Host == "" || to.Scheme != "http" && to.Scheme != "https":
		return "", errBadLocation
	case from.Scheme == "https" && to.Scheme == "http":
		return "", errDowngrade
	}
	if err := inheritZone(to, from); err != nil {
		return "", err
	}
	to.Fragment, to.RawFragment, to.RawQuery = "", "", escaped(to.RawQuery)
	at := to.String()
	if len(at) > maxURL {
		return "", errLongURL
	}
	_, err = urlcheck.Check(at)
	return at, err
}

// inheritZone gives an IPv6 address on the link the zone of the URL that was requested, as
// zreq does for a redirect. A server does not know that zone, because Host does not have it.
func inheritZone(to, from *url.URL) error {
	asked, _ := netip.ParseAddr(from.Hostname())
	at, err := netip.ParseAddr(to.Hostname())
	switch {
	case err != nil: // a name
		return nil
	case at.Zone() != "" && at.Zone() != asked.Zone():
		return errZone
	case asked.Zone() == "" || !at.Is6() || !at.IsLinkLocalUnicast() && at != asked.WithZone(""):
		return nil
	}
	port := to.Port()
	to.Host = "[" + at.WithZone(asked.Zone()).String() + "]"
	if port != "" {
		to.Host += ":" + port
	}
	return nil
}

// escaped encodes a space, and a '%' that begins no escape, as zreq does in the Location of a
// redirect.
func escaped(query string) string {
	var b strings.Builder
	for i, c := range []byte(query) {
		switch {
		case c == ' ':
			b.WriteString("%20")
		case c == '%' && (i+2 >= len(query) || !isHex(query[i+1]) || !isHex(query[i+2])):
			b.WriteString("%25")
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}

// bareURL returns a URL without userinfo, query and fragment. It is a part of what identifies a
// record, and shown to nobody.
func bareURL(text string) string {
	at, err := url.Parse(text)
	if err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" {
		return "(not a URL)"
	}
	return (&url.URL{Scheme: at.Scheme, Host: at.Host, Path: at.Path, RawPath: at.RawPath}).String()
}
