package proxy

import (
	"context"
	"errors"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/wire"
)

// An httpProxy is an HTTP proxy. It opens tunnels and forwards requests.
type httpProxy struct {
	server
	authorization string      // the value of Proxy-Authorization, "" without credentials
	asked         atomic.Bool // the proxy has asked for the credentials, and taken them

	mu    sync.Mutex
	paths map[string]*netdriver.Path // of connections for forwarding, by link
}

func newHTTPProxy(via netdriver.Driver, address string, secure bool, t netdriver.TLS, c credentials) (*httpProxy, error) {
	authorization, err := c.basic()
	if err != nil {
		return nil, err
	}
	return &httpProxy{
		server:        server{via: via, address: address, secure: secure, tls: t},
		authorization: authorization,
		paths:         make(map[string]*netdriver.Path),
	}, nil
}

func (p *httpProxy) forwards(string) string { return p.address }

func (p *httpProxy) dial(ctx context.Context, network, address string, http bool) (netdriver.Conn, *netdriver.Path, error) {
	if http && network == "tcp" && strings.EqualFold(address, p.address) {
		return p.forward(ctx)
	}
	host, port, err := splitAddress(network, address)
	if err != nil {
		return nil, nil, p.refuse(address, err)
	}
	if http {
		return p.forward(ctx)
	}
	return p.tunnel(ctx, net.JoinHostPort(host, strconv.Itoa(port)))
}

// forward connects to the proxy for requests in absolute-form.
func (p *httpProxy) forward(ctx context.Context) (netdriver.Conn, *netdriver.Path, error) {
	c, path, err := p.reach(ctx)
	if err != nil {
		return nil, nil, p.fail(err)
	}
	return c, p.pathOver(path.Name()), nil
}

// errAgain means that the proxy has asked for the credentials, and that it takes another
// connection to send them.
var errAgain = errors.New("the proxy asks for credentials, and closes the connection")

// tunnel connects to the proxy and asks it for a tunnel.
func (p *httpProxy) tunnel(ctx context.Context, address string) (netdriver.Conn, *netdriver.Path, error) {
	authorized := p.asked.Load()
	for {
		c, path, err := p.reach(ctx)
		if err != nil {
			return nil, nil, p.fail(err)
		}
		a := &answer{conn: c}
		err = converse(ctx, c, func() error { return p.open(a, address, authorized) })
		switch {
		case err == errAgain:
			authorized = true // so that it does not come a second time
		case err != nil:
			return nil, nil, p.explain(address, err)
		default:
			return withHeld(c, a.in), path, nil
		}
	}
}

// open asks for a tunnel over one connection. It returns nil if there is one now. If the
// credentials were not authorized to be sent, and the proxy asks for them, it sends them
// over the same connection, or returns errAgain.
func (p *httpProxy) open(a *answer, address string, authorized bool) error {
	if err := p.ask(a, address, authorized); err != nil || a.opened() {
		return err
	}
	if authorized || a.decoder.Status() != 407 || p.authorization == "" || !a.basic {
		return p.refusal(a, authorized)
	}
	if !a.lasts() {
		return errAgain
	}
	if _, keeps := a.page(); !keeps || !isSilent(a.conn) {
		return errAgain
	}
	err := p.ask(a, address, true)
	switch {
	case err != nil && !a.heard:
		return errAgain // the connection was closed all the same
	case err != nil || a.opened():
		return err
	}
	return p.refusal(a, true)
}

// ask sends a CONNECT and reads the head of the answer.
func (p *httpProxy) ask(a *answer, address string, authorized bool) error {
	request, err := p.request(address, authorized)
	if err != nil {
		return err
	}
	a.heard = false
	if err := send(a.conn, request); err != nil {
		return err
	}
	if err := a.read(); err != nil {
		return err
	}
	if status := a.decoder.Status(); authorized && status != 407 && status != 401 {
		p.asked.Store(true)
	}
	return nil
}

// request returns the head of a CONNECT (RFC 9110, 9.3.6).
func (p *httpProxy) request(address string, authorized bool) ([]byte, error) {
	out, err := wire.AppendMethod(nil, "CONNECT")
	if err == nil {
		out, err = wire.AppendTarget(out, address) // authority-form (RFC 9112, 3.2.3)
	}
	if err == nil {
		out, err = wire.AppendField(wire.AppendVersion(out), "Host", address)
	}
	if err == nil {
		// Each request should have one (RFC 9110, 10.1.5), and some proxies refuse without.
		out, err = wire.AppendField(out, "User-Agent", "zreq")
	}
	if err == nil && authorized && p.authorization != "" {
		out, err = wire.AppendField(out, "Proxy-Authorization", p.authorization)
	}
	return wire.AppendEnd(out), err
}

// refusal returns the Error for an answer that is not a 2xx.
func (p *httpProxy) refusal(a *answer, authorized bool) error {
	e := &Error{Reason: ErrRefused, Status: a.decoder.Status()}
	sent := authorized && p.authorization != ""
	switch {
	case e.Status == 401 && sent: // Tinyproxy says so of wrong credentials
		e.Reason = ErrCredentials
	case e.Status != 407:
	case !a.basic:
		e.Reason = ErrScheme
	case sent:
		e.Reason = ErrCredentials
	default:
		e.Reason = ErrNoCredentials
	}
	e.Page, _ = a.page()
	return e
}
