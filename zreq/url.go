package zreq

import "github.com/zreq-go/zreq/zreq/wire"

// target is a URL taken apart. Its strings are parts of the URL that was
// given: nothing is copied.
type target struct {
	_ incomparable
	origin
	userinfo string // still percent-encoded
	path     string // "" or with its leading slash
	query    string // with its question mark, or ""
	plain    bool   // the URL had neither userinfo nor fragment
	spaced   bool   // it has a space, which is encoded when it is sent
}

// origin is what a connection may be shared by (RFC 9110, 4.3.1).
type origin struct {
	_     incomparable
	host  string // without the brackets of an IPv6 literal
	port  int
	https bool
	ipv6  bool
}

// split takes an absolute http or https URL apart (RFC 3986, 3). It is
// strict: what it does not know to be harmless, it refuses. The errors quote
// nothing of the URL, since any part of it may be a secret.
func (t *target) split(url string) error {
	*t = target{plain: true}
	for i := range len(url) {
		switch c := url[i]; {
		case c < ' ', c == 0x7f:
			return errURLControl
		case c == ' ':
			t.spaced = true
		}
	}
	rest := url
	switch {
	case hasPrefixFold(rest, "http://"):
		t.port, rest = 80, rest[len("http://"):]
	case hasPrefixFold(rest, "https://"):
		t.https, t.port, rest = true, 443, rest[len("https://"):]
	default:
		return errURLScheme
	}
	if i := indexByte(rest, '#'); i >= 0 {
		rest, t.plain = rest[:i], false // a fragment never goes out (RFC 9110, 4.2.5)
	}
	authority := rest
	if i := indexAny(rest, '/', '?'); i >= 0 {
		authority, rest = rest[:i], rest[i:]
	} else {
		rest = ""
	}
	t.path = rest
	if i := indexByte(rest, '?'); i >= 0 {
		t.path, t.query = rest[:i], rest[i:]
	}
	err := t.splitAuthority(authority)
	if err != nil {
		*t = target{} // nothing is kept: of a password with a slash, half would be the path
	}
	return err
}

// splitAuthority sets userinfo, host and port (RFC 3986, 3.2).
func (t *target) splitAuthority(s string) error {
	if i := indexByte(s, '@'); i >= 0 {
		t.userinfo, s, t.plain = s[:i], s[i+1:], false
		if indexByte(s, '@') >= 0 || !validUserinfo(t.userinfo) {
			return errURLUserinfo // where the host begins would be a matter of opinion
		}
	}
	host, port := s, ""
	if len(s) > 0 && s[0] == '[' {
		end := indexByte(s, ']')
		if end < 0 || !validIPv6(s[1:end]) {
			return errURLIPv6
		}
		t.ipv6, host, port = true, s[1:end], s[end+1:]
	} else {
		if i := indexByte(s, ':'); i >= 0 {
			host, port = s[:i], s[i:]
		}
		if err := checkHost(host); err != nil {
			return err
		}
	}
	t.host = host
	return t.setPort(port)
}

// validUserinfo is RFC 3986, 3.2.1, but for what follows a percent sign. Some
// readers take a backslash for the end of the authority.
func validUserinfo(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case indexByte("-._~!$&'()*+,;=:%", c) >= 0:
		default:
			return false
		}
	}
	return true
}

// setPort reads ":port". Nothing, or nothing after the colon, is the default
// of the scheme (RFC 3986, 3.2.3).
func (t *target) setPort(s string) error {
	if s == "" || s == ":" {
		return nil
	}
	n := 0
	for i := 1; i < len(s) && n <= 65535; i++ {
		if s[i] < '0' || s[i] > '9' {
			return errURLPort
		}
		n = n*10 + int(s[i]-'0')
	}
	if s[0] != ':' || n == 0 || n > 65535 {
		return errURLPort
	}
	t.port = n
	return nil
}

// checkHost accepts what can be a name in the DNS or an IPv4 address.
// A percent-encoded or non-ASCII name has many readings, and none is ours.
func checkHost(host string) error {
	if host == "" {
		return errURLNoHost
	}
	if len(host) > 255 {
		return errURLHost
	}
	for i := range len(host) {
		switch c := host[i]; {
		case c >= 0x80:
			return errURLUnicode
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '.', c == '_':
		default:
			return errURLHost
		}
	}
	return nil
}

// validIPv6 is IPv6address of RFC 3986, 3.2.2. A zone is refused: it is a fact
// about this machine and means nothing to the peer (RFC 9110, 4.2.3).
func validIPv6(s string) bool {
	groups, compressed := 0, false
	if len(s) >= 2 && s[0] == ':' && s[1] == ':' {
		compressed, s = true, s[2:]
	}
	for s != "" {
		end := indexByte(s, ':')
		if end < 0 && indexByte(s, '.') >= 0 {
			return validIPv4(s) && fits(groups+2, compressed)
		}
		group := s
		if end >= 0 {
			group = s[:end]
		}
		if len(group) == 0 || len(group) > 4 || !allHex(group) {
			return false
		}
		groups++
		if end < 0 {
			break
		}
		if s = s[end+1:]; s == "" {
			return false // a single colon at the end
		}
		if s[0] == ':' {
			if compressed {
				return false
			}
			compressed, s = true, s[1:]
		}
	}
	return fits(groups, compressed)
}

func fits(groups int, compressed bool) bool {
	if compressed {
		return groups < 8 // the gap stands for at least one
	}
	return groups == 8
}

func validIPv4(s string) bool {
	for part := range 4 {
		n, digits := 0, 0
		for digits < len(s) && '0' <= s[digits] && s[digits] <= '9' && digits < 3 {
			n = n*10 + int(s[digits]-'0')
			digits++
		}
		if digits == 0 || n > 255 || digits > 1 && s[0] == '0' {
			return false
		}
		s = s[digits:]
		if part == 3 {
			break
		}
		if s == "" || s[0] != '.' {
			return false
		}
		s = s[1:]
	}
	return s == ""
}

// appendAuthority appends the value of the Host field: the port only where it
// is not the default, brackets around IPv6 (RFC 9110, 7.2).
func (o *origin) appendAuthority(dst []byte) []byte {
	if o.https && o.port == 443 || !o.https && o.port == 80 {
		return o.appendHost(dst)
	}
	return o.appendAddress(dst)
}

// appendAddress appends what a driver dials.
func (o *origin) appendAddress(dst []byte) []byte {
	return wire.AppendUint(appendText(o.appendHost(dst), ":"), int64(o.port))
}

func (o *origin) appendHost(dst []byte) []byte {
	if o.ipv6 {
		return appendText(appendText(appendText(dst, "["), o.host), "]")
	}
	return appendText(dst, o.host)
}

// text returns scheme, host and port in the one spelling of which all others mean the
// same (RFC 9110, 4.2.3), with room for more.
func (o *origin) text(room int) []byte {
	scheme := "http://"
	if o.https {
		scheme = "https://"
	}
	dst := make([]byte, 0, len("https://[]:65535/")+len(o.host)+room)
	dst = o.appendAuthority(appendText(dst, scheme))
	for i, c := range dst {
		dst[i] = lower(c)
	}
	return dst
}

// safe returns the URL for an error: no userinfo, no query, no fragment, since
// a query often carries a signature.
func (t *target) safe() string {
	if t.host == "" {
		return ""
	}
	return string(appendText(t.text(len(t.path)), t.path))
}

// same reports whether both are one origin.
func (o *origin) same(p *origin) bool {
	return o.https == p.https && o.port == p.port && o.ipv6 == p.ipv6 && equalFold(o.host, p.host)
}
