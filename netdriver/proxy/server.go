package proxy

import (
	"context"
	"errors"
	"net"
	"strings"

	"github.com/zreq-go/zreq/netdriver"
)

// errPlainTLS is for a TLS that would have left the credentials readable.
var errPlainTLS = errors.New("the TLS returned no connection, or the plain one that it was given")

// A server is a proxy, and how it is reached.
type server struct {
	via     netdriver.Driver
	address string // host:port
	secure  bool   // it is reached over TLS
	tls     netdriver.TLS
}

// reach connects to the proxy. The Path is the one that via tells.
func (s *server) reach(ctx context.Context) (netdriver.Conn, *netdriver.Path, error) {
	if !s.secure {
		return dialWith(ctx, s.via, "tcp", s.address, false)
	}
	t := s.tls
	if t == nil {
		t = netdriver.DefaultTLS()
	}
	if t == nil {
		return nil, nil, ErrNoTLS
	}
	plain, path, err := dialWith(ctx, s.via, "tcp", s.address, false)
	if err != nil {
		return nil, nil, err
	}
	c, err := t.Client(ctx, plain, s.serverName())
	if err != nil {
		return nil, nil, err
	}
	if c == nil || same(c, plain) {
		_ = plain.Close()
		return nil, nil, errPlainTLS
	}
	return c, path, nil
}

// serverName is the host of the proxy, without brackets and zone.
func (s *server) serverName() string {
	host, _, _ := net.SplitHostPort(s.address) // was checked when s was made
	host, _, _ = strings.Cut(host, "%")
	return host
}

// same reports whether a and b are the same connection. Types that have no == are not.
func same(a, b netdriver.Conn) bool {
	defer func() { _ = recover() }()
	return a == b
}

// fail returns an Error for a dial that failed before the proxy was asked. err may be one
// of the Reasons.
func (s *server) fail(err error) error {
	e := &Error{Proxy: s.address, Err: err}
	if err == ErrNoTLS {
		e.Reason, e.Err = err, nil
	}
	return e
}

// explain adds to err, the error of a dialogue with the proxy, what it was about.
func (s *server) explain(address string, err error) error {
	e, ok := err.(*Error)
	if !ok {
		e = &Error{Err: err}
	}
	e.Proxy, e.Address = s.address, address
	return e
}

// refuse returns an Error for an address that a proxy cannot be asked for.
func (s *server) refuse(address string, err error) error {
	return &Error{Proxy: s.address, Address: cut(address), Reason: ErrAddress, Err: err}
}

// cut returns an address that may be as long as anybody likes for an error.
func cut(address string) string {
	const most = 300
	if len(address) > most {
		return address[:most] + "…"
	}
	return address
}
