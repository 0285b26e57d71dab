package proxy

import (
	"bytes"
	"errors"
	"strings"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/wire"
)

// Why a request cannot be forwarded.
var (
	errNotPlain  error = lasting("a proxy forwards requests for http URLs only")
	errOtherHost error = lasting("a proxy ignores a Host that differs from the URL (RFC 9112, 3.2.2): leave it out, or put it into the URL")
	errBadHead         = errors.New("the request has no Host as its first field")
)

// pathOver returns the Path of a connection for forwarding over a link. Connections over
// one link share it.
func (p *httpProxy) pathOver(link string) *netdriver.Path {
	p.mu.Lock()
	defer p.mu.Unlock()
	path := p.paths[link]
	if path == nil {
		path = &netdriver.Path{Link: link, Forward: p.form}
		p.paths[link] = path
	}
	return path
}

// form gives the head of a request the form for a proxy: its target in absolute-form (RFC
// 9112, 3.2.2), and the credentials for the proxy behind Host, except in a TRACE. Credentials
// for a proxy that are there already are the caller's own, and stay.
func (p *httpProxy) form(head []byte, url string) ([]byte, error) {
	origin, authority, err := originOf(url)
	if err != nil {
		return nil, err
	}
	line := bytes.IndexByte(head, '\n') + 1
	name, host, rest, ok := wire.NextField(head[line:])
	if !ok || !wire.EqualName(name, "host") {
		return nil, errBadHead
	}
	if !strings.EqualFold(withoutPort80(string(host)), authority) {
		return nil, errOtherHost
	}
	// The response to a TRACE shows the request (RFC 9110, 9.3.8).
	trace := bytes.HasPrefix(head, []byte("TRACE "))
	if p.authorization != "" && !trace && !hasField(rest, "proxy-authorization") {
		head = insert(head, len(head)-len(rest), "Proxy-Authorization: "+p.authorization+"\r\n")
	}
	target := bytes.IndexByte(head, ' ') + 1
	if head[target] == '*' {
		head = append(head[:target], head[target+1:]...) // OPTIONS of the whole server (RFC 9112, 3.2.4)
	}
	return insert(head, target, origin), nil
}

// originOf returns the scheme and the authority that a URL begins with, and the authority.
// A caller may have written them in a way that is not that of the head: in upper case, or
// with the port as ":", ":80" or ":080" (RFC 3986, 6.2.3).
func originOf(url string) (origin, authority string, err error) {
	const scheme = "http://"
	if len(url) < len(scheme) || !strings.EqualFold(url[:len(scheme)], scheme) {
		return "", "", errNotPlain
	}
	authority = url[len(scheme):]
	if end := strings.IndexAny(authority, "/?#"); end >= 0 {
		authority = authority[:end]
	}
	if strings.Contains(authority, "%") {
		return "", "", errZone
	}
	authority = withoutPort80(authority)
	return scheme + authority, authority, nil
}

// withoutPort80 returns an authority without the default port, and any other port without
// leading zeros.
func withoutPort80(authority string) string {
	colon := strings.LastIndexByte(authority, ':')
	if colon < strings.IndexByte(authority, ']') || colon < 0 {
		return authority // there is no port
	}
	port := strings.TrimLeft(authority[colon+1:], "0")
	if port == "" || port == "80" {
		return authority[:colon]
	}
	return authority[:colon+1] + port
}

// hasField reports whether fields, and what follows them, have a field of that name.
func hasField(fields []byte, name string) bool {
	for {
		field, _, rest, ok := wire.NextField(fields)
		if !ok {
			return false
		}
		if wire.EqualName(field, name) {
			return true
		}
		fields = rest
	}
}

// insert inserts s into head.
func insert(head []byte, at int, s string) []byte {
	head = append(head, s...)
	copy(head[at+len(s):], head[at:len(head)-len(s)])
	copy(head[at:], s)
	return head
}
