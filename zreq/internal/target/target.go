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
	HasUserinfo bool   // there is an @, be it with nothing in front
	Userinfo    string // still percent-encoded
	Path        string // "" or with its leading slash
	Query       string // with its question mark, or ""
	AsGiven     bool   // the URL is sent as it was given: it has no userinfo, fragment or space
}

// Parse takes an absolute http or https URL apart (RFC 3986, 3). Beside an error the
// Target is zero.
func Parse(url string) (Target, error) {
	t := Target{AsGiven: true}
	for i := range len(url) {
		switch c := url[i]; {
		case c < ' ', c == 0x7f:
			return Target{}, &urlError{text: urlControl, part: url[i : i+1]}
		case c == ' ':
			t.AsGiven = false // it is encoded when it is sent
		}
	}
	rest := url
	switch {
	case ascii.HasPrefixFold(rest, "http://"):
		t.Port, rest = 80, rest[len("http://"):]
	case ascii.HasPrefixFold(rest, "https://"):
		t.HTTPS, t.Port, rest = true, 443, rest[len("https://"):]
	default:
		return Target{}, schemeError(url)
	}
	fragment := ""
	if i := ascii.IndexByte(rest, '#'); i >= 0 {
		rest, fragment, t.AsGiven = rest[:i], rest[i:], false // a fragment is never sent (RFC 9110, 4.2.5)
	}
	authority := rest
	if i := ascii.IndexEither(rest, '/', '?'); i >= 0 {
		authority, rest = rest[:i], rest[i:]
	} else {
		rest = ""
	}
	t.Path = rest
	if i := ascii.IndexByte(rest, '?'); i >= 0 {
		t.Path, t.Query = rest[:i], rest[i:]
	}
	if err := t.splitAuthority(authority); err != nil {
		// Of a password with a slash in it, half would be taken for the host and half for
		// the path. So nothing is kept, and nothing is shown that may be a password.
		if ascii.IndexByte(rest, '@') >= 0 || ascii.IndexByte(fragment, '@') >= 0 {
			err.part = ""
		}
		return Target{}, err
	}
	return t, nil
}

// IsHost reports whether s is a host and perhaps a port, as the field Host has it: no
// userinfo, no zone (RFC 9110, 7.2).
func IsHost(s string) bool {
	var t Target
	return t.splitAuthority(s) == nil && !t.HasUserinfo && t.Zone == ""
}

// splitAuthority sets userinfo, host and port (RFC 3986, 3.2). Its error shows nothing of
// the userinfo.
func (t *Target) splitAuthority(s string) *urlError {
	if i := ascii.IndexByte(s, '@'); i >= 0 {
		t.Userinfo, s, t.HasUserinfo, t.AsGiven = s[:i], s[i+1:], true, false
		if ascii.IndexByte(s, '@') >= 0 || !validUserinfo(t.Userinfo) {
			return &urlError{text: urlUserinfo} // where the host begins would be a matter of opinion
		}
	}
	if len(s) > 0 && s[0] == '[' {
		return t.splitIPv6(s)
	}
	host, port := s, ""
	if i := ascii.IndexByte(s, ':'); i >= 0 {
		host, port = s[:i], s[i:]
	}
	if isBareIPv6(s) {
		return &urlError{text: urlBrackets, part: s}
	}
	if wrong := checkHost(host); wrong != "" {
		return &urlError{text: wrong, part: host}
	}
	t.Host = host
	return t.setPort(port)
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
func (t *Target) setPort(s string) *urlError {
	if s == "" || s == ":" {
		return nil
	}
	n := 0
	for i := 1; i < len(s) && n <= 65535; i++ {
		if s[i] < '0' || s[i] > '9' {
			return &urlError{text: urlPort, part: s}
		}
		n = n*10 + int(s[i]-'0')
	}
	if s[0] != ':' || n == 0 || n > 65535 {
		return &urlError{text: urlPort, part: s}
	}
	t.Port = n
	return nil
}

// checkHost accepts what can be a name in the DNS or an IPv4 address, and returns what
// is wrong with anything else. A percent-encoded or non-ASCII name can be read in many
// ways.
func checkHost(host string) (wrong string) {
	if host == "" {
		return urlNoHost
	}
	if len(host) > 255 {
		return urlLongHost
	}
	for i := range len(host) {
		switch c := host[i]; {
		case c >= 0x80:
			return urlUnicode
		case !ascii.IsAlphanumeric(c) && c != '-' && c != '.' && c != '_':
			return urlHost
		}
	}
	return ""
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
	return string(append(t.Origin.Append(nil), t.Path...))
}
