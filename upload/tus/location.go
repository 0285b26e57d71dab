package tus

import (
	"errors"
	"net/url"
	"strconv"
	"strings"

	"github.com/zreq-go/zreq/zreq"
)

var (
	errNoLocation  = errors.New("there is no Location")
	errLocations   = errors.New("there are two Locations")
	errBadLocation = errors.New("the Location is no URL of http or https")
	errLongURL     = errors.New("the Location is longer than " + strconv.Itoa(maxURL) + " bytes")
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
		return "", err
	}
	to, err := from.Parse(values[0])
	switch {
	case err != nil:
		return "", errBadLocation
	case to.User != nil:
		return "", errUserinfo
	case !isHost(to.Host) || to.Scheme != "http" && to.Scheme != "https":
		return "", errBadLocation
	case from.Scheme == "https" && to.Scheme == "http":
		return "", errDowngrade
	}
	to.Fragment, to.RawFragment, to.RawQuery = "", "", escaped(to.RawQuery)
	at := to.String()
	if len(at) > maxURL {
		return "", errLongURL
	}
	return at, nil
}

// isHost reports whether a host can be connected to. Names beyond ASCII have another form.
func isHost(host string) bool {
	for _, c := range []byte(host) {
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return host != ""
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

// safeURL returns a URL without userinfo, query and fragment.
func safeURL(text string) string {
	at, err := url.Parse(text)
	if err != nil {
		return "(not a URL)"
	}
	return (&url.URL{Scheme: at.Scheme, Host: at.Host, Path: at.Path, RawPath: at.RawPath}).String()
}
