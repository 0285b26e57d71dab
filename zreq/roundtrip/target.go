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
	return u.Scheme + "://" + u.Host + path, nil
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
