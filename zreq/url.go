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
	host  string // without the brackets of an IPv6 literal, and without its zone
	zone  string // of an IPv6 address, as a driver takes it: "eth0"; "" for none
	port  int
	https bool
	ipv6  bool
}

// split takes an absolute http or https URL apart (RFC 3986, 3). It is
// strict: what it does not know to be harmless, it refuses. The error is a *urlError.
func (t *target) split(url string) error {
	*t = target{plain: true}
	for i := range len(url) {
		switch c := url[i]; {
		case c < ' ', c == 0x7f:
			return &urlError{text: urlControl, part: url[i : i+1]}
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
		return schemeError(url)
	}
	fragment := ""
	if i := indexByte(rest, '#'); i >= 0 {
		rest, fragment, t.plain = rest[:i], rest[i:], false // a fragment never goes out (RFC 9110, 4.2.5)
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
	if err := t.splitAuthority(authority); err != nil {
		*t = target{} // nothing is kept: of a password with a slash, half would be the path,
		if indexByte(rest, '@') >= 0 || indexByte(fragment, '@') >= 0 {
			err.part = "" // and half the host
		}
		return err
	}
	return nil
}

// splitAuthority sets userinfo, host and port (RFC 3986, 3.2). The part that its error
// shows is nothing of the userinfo.
func (t *target) splitAuthority(s string) *urlError {
	if i := indexByte(s, '@'); i >= 0 {
		t.userinfo, s, t.plain = s[:i], s[i+1:], false
		if indexByte(s, '@') >= 0 || !validUserinfo(t.userinfo) {
			return &urlError{text: urlUserinfo} // where the host begins would be a matter of opinion
		}
	}
	if len(s) > 0 && s[0] == '[' {
		return t.splitIPv6(s)
	}
	host, port := s, ""
	if i := indexByte(s, ':'); i >= 0 {
		host, port = s[:i], s[i:]
	}
	if isBareIPv6(s) {
		return &urlError{text: urlBrackets, part: s}
	}
	if text := checkHost(host); text != "" {
		return &urlError{text: text, part: host}
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
func (t *target) setPort(s string) *urlError {
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
	t.port = n
	return nil
}

// checkHost accepts what can be a name in the DNS or an IPv4 address, and returns what
// is wrong with anything else. A percent-encoded or non-ASCII name has many readings,
// and none is ours.
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
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '.', c == '_':
		default:
			return urlHost
		}
	}
	return ""
}

// appendAuthority appends the value of the Host field: the port only where it
// is not the default, brackets around IPv6 (RFC 9110, 7.2). The zone is left out, for it
// is a fact about this machine and means nothing to the peer (RFC 6874, 4).
func (o *origin) appendAuthority(dst []byte) []byte {
	return o.appendPort(o.appendHost(dst, o.host, ""))
}

// appendAddress appends what a driver dials.
func (o *origin) appendAddress(dst []byte) []byte {
	zone := ""
	if o.zone != "" {
		zone = "%" + o.zone
	}
	return wire.AppendUint(appendText(o.appendHost(dst, o.host, zone), ":"), int64(o.port))
}

func (o *origin) appendHost(dst []byte, host, zone string) []byte {
	if o.ipv6 {
		return appendText(appendText(appendText(appendText(dst, "["), host), zone), "]")
	}
	return appendText(dst, host)
}

// appendPort appends the port, unless it is the default of the scheme.
func (o *origin) appendPort(dst []byte) []byte {
	if o.https && o.port == 443 || !o.https && o.port == 80 {
		return dst
	}
	return wire.AppendUint(appendText(dst, ":"), int64(o.port))
}

// text returns scheme, host and port in the one spelling of which all others mean the
// same (RFC 9110, 4.2.3), with room for more.
func (o *origin) text(room int) []byte {
	scheme, zone := "http://", ""
	if o.https {
		scheme = "https://"
	}
	if o.zone != "" {
		zone = string(appendZone(nil, o.zone))
	}
	dst := make([]byte, 0, len("https://[]:65535/")+len(o.host)+len(zone)+room)
	return o.appendPort(o.appendHost(appendText(dst, scheme), lowered(o.host), zone))
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
	return o.https == p.https && o.port == p.port && o.ipv6 == p.ipv6 && o.zone == p.zone && equalFold(o.host, p.host)
}
