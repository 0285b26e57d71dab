package roundtrip

import (
	"net/url"
	"strings"
)

// target returns u as zreq takes it: without userinfo, which is http.Client's to make
// Authorization of, and without a fragment, which never goes out.
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

// escapeZone writes the zone of an IPv6 address as a URL has it: %25eth0 for %eth0
// (RFC 6874, 2). In url.URL.Host it stands as a driver takes it.
func escapeZone(host string) string {
	address, zone, rest := cutZone(host)
	if zone == "" {
		return host
	}
	return address + "%25" + url.PathEscape(zone) + rest
}

// withoutZone returns what goes into Host: a zone means nothing to the peer (RFC 6874, 4).
func withoutZone(host string) string {
	address, _, rest := cutZone(host)
	return address + rest
}

// cutZone cuts "[fe80::1%eth0]:80" into "[fe80::1", "eth0" and "]:80". What has no zone is
// all in front.
func cutZone(host string) (address, zone, rest string) {
	mark, end := strings.IndexByte(host, '%'), strings.LastIndexByte(host, ']')
	if !strings.HasPrefix(host, "[") || mark < 0 || end < mark {
		return host, "", ""
	}
	return host[:mark], host[mark+1 : end], host[end:]
}

// requestPath returns the path that is asked for, as it is sent.
func requestPath(u *url.URL) (string, error) {
	path := u.Opaque
	if path == "" {
		path = u.EscapedPath()
		if path != "" && path[0] != '/' && path != "*" {
			path = "/" + path // as url.URL.String has it
		}
	} else if rest, ok := strings.CutPrefix(path, "//"); ok {
		var host string
		host, path, _ = strings.Cut(rest, "/")
		if path = "/" + path; !strings.EqualFold(host, u.Host) {
			return "", ErrTarget // it would be asked of another than it names
		}
	}
	if path != "" && path[0] != '/' || strings.Contains(path, "?") {
		return "", ErrTarget
	}
	return path, nil
}
