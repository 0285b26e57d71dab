package roundtrip

import (
	"net/url"
	"strings"
)

// target returns u in the form that zreq takes. It leaves out the userinfo, from which
// http.Client makes the Authorization, and the fragment, which is never sent.
func target(u *url.URL) (string, error) {
	path, err := requestPath(u)
	if err != nil {
		return "", err
	}
	switch {
	case strings.Contains(path, "#"), strings.Contains(u.RawQuery, "#"):
		return "", errFragment
	case u.RawQuery != "" || u.ForceQuery:
		path += "?" + u.RawQuery
	}
	return u.Scheme + "://" + escapeZone(u.Host) + path, nil
}

// escapeZone writes the zone of an IPv6 address as in a URL: %25eth0 for %eth0 (RFC 6874,
// 2). url.URL.Host has it in the form for drivers.
func escapeZone(host string) string {
	address, zone, rest := cutZone(host)
	if zone == "" {
		return host
	}
	return address + "%25" + url.PathEscape(zone) + rest
}

// withoutZone returns host as it is sent in the field Host. A zone means nothing to the
// peer (RFC 6874, 4).
func withoutZone(host string) string {
	address, _, rest := cutZone(host)
	return address + rest
}

// cutZone cuts "[fe80::1%eth0]:80" into "[fe80::1", "eth0" and "]:80". A host without a
// zone is returned as address.
func cutZone(host string) (address, zone, rest string) {
	mark, end := strings.IndexByte(host, '%'), strings.LastIndexByte(host, ']')
	if !strings.HasPrefix(host, "[") || mark < 0 || end < mark {
		return host, "", ""
	}
	return host[:mark], host[mark+1 : end], host[end:]
}

// requestPath returns the path of the request target, as it is sent.
func requestPath(u *url.URL) (string, error) {
	path := u.Opaque
	if path == "" {
		path = u.EscapedPath()
		if path != "" && path[0] != '/' && path != "*" {
			path = "/" + path // as url.URL.String does
		}
	} else if rest, ok := strings.CutPrefix(path, "//"); ok {
		var host string
		host, path, _ = strings.Cut(rest, "/")
		if path = "/" + path; !strings.EqualFold(host, u.Host) {
			return "", ErrTarget // it names another host than the one that is asked
		}
	}
	if path != "" && path[0] != '/' || strings.Contains(path, "?") {
		return "", ErrTarget
	}
	return path, nil
}
