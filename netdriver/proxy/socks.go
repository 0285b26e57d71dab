package proxy

import (
	"context"
	"errors"
	"net/netip"

	"github.com/zreq-go/zreq/netdriver"
)

// Numbers of RFC 1928 and RFC 1929.
const (
	socksVersion = 5
	loginVersion = 1

	methodNone    = 0    // no authentication
	methodLogin   = 2    // user and password
	methodRefused = 0xff // none of those that were offered

	commandConnect = 1

	typeIPv4 = 1
	typeName = 3
	typeIPv6 = 4
)

// What a peer does that is no SOCKS5 proxy.
var (
	errVersion     = errors.New("it does not answer in version 5 of SOCKS (RFC 1928)")
	errMethod      = errors.New("it chose an authentication that was not offered (RFC 1928, 3)")
	errLogin       = errors.New("it does not answer the login in version 1 (RFC 1929)")
	errAddressType = errors.New("its reply has an unknown type of address (RFC 1928, 6)")
)

// A socksProxy is a SOCKS5 proxy.
type socksProxy struct {
	server
	login []byte // the message with the credentials, nil without
}

func newSOCKSProxy(via netdriver.Driver, address string, c credentials) (*socksProxy, error) {
	login, err := c.login()
	if err != nil {
		return nil, err
	}
	return &socksProxy{server: server{via: via, address: address}, login: login}, nil
}

// forwards returns "": whatever is sent goes through a connection to its origin.
func (p *socksProxy) forwards(string) string { return "" }

func (p *socksProxy) dial(ctx context.Context, network, address string, _ bool) (netdriver.Conn, *netdriver.Path, error) {
	host, port, err := splitAddress(network, address)
	if err != nil {
		return nil, nil, p.refuse(address, err)
	}
	c, path, err := p.reach(ctx)
	if err != nil {
		return nil, nil, p.fail(err)
	}
	h := handshake{conn: c, login: p.login}
	if err := converse(ctx, c, func() error { return h.shake(host, port) }); err != nil {
		return nil, nil, p.explain(address, err)
	}
	return c, path, nil
}

// A handshake is the dialogue with a SOCKS5 proxy. It reads exactly what the proxy sends
// in it, so that what follows belongs to the tunnel.
type handshake struct {
	conn  netdriver.Conn
	login []byte
	in    [257]byte // room for the longest part of a reply: a name and a port
}

// shake logs in, if the proxy wants it, and connects.
func (h *handshake) shake(host string, port int) error {
	if err := h.authenticate(); err != nil {
		return err
	}
	if err := send(h.conn, appendConnect(nil, host, port)); err != nil {
		return err
	}
	return h.connected()
}

// authenticate agrees on a method (RFC 1928, 3) and logs in.
func (h *handshake) authenticate() error {
	hello := []byte{socksVersion, 1, methodNone}
	if h.login != nil {
		hello = []byte{socksVersion, 2, methodNone, methodLogin}
	}
	if err := send(h.conn, hello); err != nil {
		return err
	}
	in, err := h.receive(2)
	switch {
	case err != nil:
		return err
	case in[0] != socksVersion:
		return &Error{Reason: ErrProtocol, Err: errVersion}
	case in[1] == methodNone:
		return nil
	case in[1] == methodLogin && h.login != nil:
		return h.logIn()
	case in[1] == methodRefused && h.login == nil:
		return &Error{Reason: ErrNoCredentials}
	case in[1] == methodRefused:
		return &Error{Reason: ErrScheme}
	}
	return &Error{Reason: ErrProtocol, Err: errMethod}
}

// logIn sends user and password (RFC 1929, 2).
func (h *handshake) logIn() error {
	if err := send(h.conn, h.login); err != nil {
		return err
	}
	in, err := h.receive(2)
	switch {
	case err != nil:
		return err
	case in[0] != loginVersion:
		return &Error{Reason: ErrProtocol, Err: errLogin}
	case in[1] != 0:
		return &Error{Reason: ErrCredentials}
	}
	return nil
}

// appendConnect appends the request for a connection (RFC 1928, 4). The host is at most
// 255 bytes long.
func appendConnect(dst []byte, host string, port int) []byte {
	dst = append(dst, socksVersion, commandConnect, 0)
	ip, err := netip.ParseAddr(host)
	ip = ip.Unmap()
	switch {
	case err != nil:
		dst = append(dst, typeName, byte(len(host)))
		dst = append(dst, host...)
	case ip.Is4():
		dst = append(append(dst, typeIPv4), ip.AsSlice()...)
	default:
		dst = append(append(dst, typeIPv6), ip.AsSlice()...)
	}
	return append(dst, byte(port>>8), byte(port))
}

// connected reads the reply (RFC 1928, 6). The address in it, which the proxy connects
// from, is of no use.
func (h *handshake) connected() error {
	in, err := h.receive(2)
	switch {
	case err != nil:
		return err
	case in[0] != socksVersion:
		return &Error{Reason: ErrProtocol, Err: errVersion}
	case in[1] != 0:
		return &Error{Reason: ErrRefused, Reply: Reply(in[1])} // some proxies send no more than this
	}
	if in, err = h.receive(2); err != nil {
		return err
	}
	rest := 2 // the port
	switch in[1] {
	case typeIPv4:
		rest += 4
	case typeIPv6:
		rest += 16
	case typeName:
		if in, err = h.receive(1); err != nil {
			return err
		}
		rest += int(in[0])
	default:
		return &Error{Reason: ErrProtocol, Err: errAddressType}
	}
	_, err = h.receive(rest)
	return err
}

// receive reads exactly n bytes. They are valid until the next call.
func (h *handshake) receive(n int) ([]byte, error) {
	return h.in[:n], receiveAll(h.conn, h.in[:n])
}
