// Package target takes the URL of a request apart, resolves a Location against it, and
// puts together what of it is sent: Host, the request target, the address that a driver
// dials (RFC 3986; RFC 9110, 4 and 7; RFC 9112, 3.2).
//
// It is strict. What it does not know to be harmless, it refuses, and its errors say how
// to mend the URL without showing credentials. It knows nothing of requests, redirects,
// connections and of what a caller wants to do with the URL.
package target

import (
	"github.com/zreq-go/zreq/zreq/internal/ascii"
	"github.com/zreq-go/zreq/zreq/wire"
)

// Target is a URL taken apart. Its strings are parts of the URL that was given:
// nothing is copied.
type Target struct {
	Origin
	HasUserinfo bool   // there is an @, even if nothing is before it
	Userinfo    string // still percent-encoded
	Path        string // "" or with its leading slash
	Query       string // with its question mark, or ""
	AsGiven     bool   // the URL is sent as it was given: it has no userinfo, fragment or space
}

// Parse takes an absolute http or https URL apart (RFC 3986, 3). Beside an error the
// Target is zero.
func Parse(url string) (Target, error) {
	var t Target
	if wrong, part := t.split(url); wrong != "" {
		return Target{}, &urlError{text: wrong, part: part}
	}
	return t, nil
}

// split takes a URL apart. It returns what is wrong with it, and the part that is; "" if
// nothing is.
func (t *Target) split(url string) (wrong, part string) {
	t.AsGiven = true
	for i := range len(url) {
		switch c := url[i]; {
		case c < ' ', c == 0x7f:
			return urlControl, url[i : i+1]
		case c == ' ':
			t.AsGiven = false // it is encoded when it is sent
		}
	}
	t.Port = 80
	rest, ok := ascii.CutPrefixFold(url, "http://")
	if !ok {
		t.HTTPS, t.Port = true, 443
		if rest, ok = ascii.CutPrefixFold(url, "https://"); !ok {
			return urlScheme, schemeOf(url)
		}
	}
	rest, fragment := ascii.Split(rest, "#")
	if fragment != "" {
		t.AsGiven = false // a fragment is never sent (RFC 9110, 4.2.5)
	}
	authority, rest := ascii.Split(rest, "/?")
	t.Path, t.Query = ascii.Split(rest, "?")
	wrong, part = t.splitAuthority(authority)
	// Of a password with a slash in it, half would be taken for the host and half for the
	// path. So nothing is shown that may be a password.
	if ascii.IndexByte(rest, '@') >= 0 || ascii.IndexByte(fragment, '@') >= 0 {
		part = ""
	}
	return wrong, part
}

// IsHost reports whether s is a host and perhaps a port, as the field Host has it: no
// userinfo, no zone (RFC 9110, 7.2).
func IsHost(s string) bool {
	var t Target
	wrong, _ := t.splitAuthority(s)
	return wrong == "" && !t.HasUserinfo && t.Zone == ""
}

// splitAuthority sets userinfo, host and port (RFC 3986, 3.2). It shows nothing of the
// userinfo. A host is what can be a name in the DNS or an IP address: a percent-encoded or
// non-ASCII name can be read in many ways.
func (t *Target) splitAuthority(s string) (wrong, part string) {
	if i := ascii.IndexByte(s, '@'); i >= 0 {
		t.Userinfo, s, t.HasUserinfo, t.AsGiven = s[:i], s[i+1:], true, false
		if ascii.IndexByte(s, '@') >= 0 || !validUserinfo(t.Userinfo) {
			return urlUserinfo, "" // where the host begins would be a matter of opinion
		}
	}
	if len(s) > 0 && s[0] == '[' {
		return t.splitIPv6(s)
	}
	host, port := ascii.Split(s, ":")
	if isBareIPv6(s) {
		return urlBrackets, s
	}
	switch {
	case host == "":
		return urlNoHost, ""
	case len(host) > 255:
		return urlLongHost, host
	}
	for i := range len(host) {
		switch c := host[i]; {
		case c >= 0x80:
			return urlUnicode, host
		case !ascii.IsAlphanumeric(c) && c != '-' && c != '.' && c != '_':
			return urlHost, host
		}
	}
	t.Host = host
	return t.setPort(port)
}

// splitIPv6 sets host, zone and port of an address in brackets.
func (t *Target) splitIPv6(s string) (wrong, part string) {
	end := ascii.IndexByte(s, ']')
	if end < 0 {
		return urlIPv6, s
	}
	t.Host, t.Zone = ascii.Split(s[1:end], "%")
	switch {
	case !validIPv6(t.Host):
		return urlIPv6, s[:end+1]
	case !validZone(t.Zone):
		return urlZone, s[:end+1]
	}
	return t.setPort(s[end+1:])
}

// validUserinfo is RFC 3986, 3.2.1, but for what follows a percent sign. Some readers
// take a backslash for the end of the authority.
func validUserinfo(s string) bool {
	for i := range len(s) {
		if c := s[i]; !ascii.IsAlphanumeric(c) && ascii.IndexByte("-._~!$&'()*+,;=:%", c) < 0 {
			return false
		}
	}
	return true
}

// setPort reads ":port". Nothing, or nothing after the colon, is the default of the
// scheme (RFC 3986, 3.2.3).
func (t *Target) setPort(s string) (wrong, part string) {
	if s == "" || s == ":" {
		return "", ""
	}
	n := 0
	for i := 1; i < len(s) && n <= 65535; i++ {
		if s[i] < '0' || s[i] > '9' {
			return urlPort, s
		}
		n = n*10 + int(s[i]-'0')
	}
	if s[0] != ':' || n == 0 || n > 65535 {
		return urlPort, s
	}
	t.Port = n
	return "", ""
}

// AppendRequestTarget appends path and query as they are sent (RFC 9112, 3.2.1). The two
// arguments say what becomes of a '%' that begins no escape.
func (t *Target) AppendRequestTarget(dst []byte, inPath, inQuery wire.Percent) ([]byte, error) {
	path := t.Path
	if path == "" {
		path = "/" // RFC 9112, 3.2.1
	}
	dst, err := wire.AppendLooseTarget(dst, path, inPath)
	if err != nil {
		return dst, percentError(path, err)
	}
	if dst, err = wire.AppendLooseTarget(dst, t.Query, inQuery); err != nil {
		return dst, percentError(t.Query, err)
	}
	return dst, nil
}

// Safe returns the URL for an error or a log: without userinfo, query and fragment, since
// a query often carries a signature. It is "" for a zero Target.
func (t *Target) Safe() string {
	if t.Host == "" {
		return ""
	}
	return t.Origin.String() + t.Path
}
