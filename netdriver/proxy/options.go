package proxy

import (
	"encoding/base64"
	"errors"
	"strings"

	"github.com/zreq-go/zreq/netdriver"
)

// Options are the settings of a proxy. A nil *Options is the zero value.
type Options struct {
	// User and Password are the credentials for the proxy. If both are empty, there are
	// none. Neither may contain a control character.
	//
	// For an HTTP proxy, User may not contain a colon (RFC 7617, 2). A tunnel is first
	// asked for without them. They are sent when the proxy asks for them (407), and from
	// then on with each request. A request that is forwarded has them from the start.
	//
	// For a SOCKS5 proxy, each has 1 to 255 bytes (RFC 1929, 2). They are sent if the
	// proxy chooses so.
	//
	// Unless the proxy is an https one, anybody on the way to it can read them.
	User, Password string

	// TLS is for an https proxy: the connection to the proxy is made with it. If nil, it
	// is netdriver.DefaultTLS at the time of the dial. It has nothing to do with the TLS
	// of an https origin, which the caller adds to the connection that a Driver returns.
	TLS netdriver.TLS
}

// String returns the type alone, because the fields are secrets.
func (o Options) String() string { return "proxy.Options(…)" }

// GoString returns the same as String.
func (o Options) GoString() string { return o.String() }

// Errors of the constructors. None shows what was given, because it may be a secret.
var (
	errControl      = errors.New("the user or the password for the proxy contains a control character, such as a line end")
	errColon        = errors.New("the user for an HTTP proxy contains a colon, which Basic authentication cannot carry (RFC 7617, 2)")
	errLoginLength  = errors.New("the user and the password for a SOCKS5 proxy have 1 to 255 bytes each (RFC 1929, 2)")
	errNeedlessTLS  = errors.New(`Options.TLS is set, but the proxy is not an https one: write its address as "https://host:port"`)
	errSOCKSOverTLS = errors.New("Options.TLS is set, but SOCKS5 is not spoken over TLS")
)

// credentials are a user and a password.
type credentials struct{ user, password string }

func (c credentials) none() bool { return c.user == "" && c.password == "" }

// hasControl reports whether c contains a control character. A line end would begin
// another field of the request.
func (c credentials) hasControl() bool {
	return strings.ContainsFunc(c.user+c.password, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// basic returns the value of Proxy-Authorization (RFC 7617, 2), "" without credentials.
func (c credentials) basic() (string, error) {
	switch {
	case c.none():
		return "", nil
	case c.hasControl():
		return "", errControl
	case strings.Contains(c.user, ":"):
		return "", errColon
	}
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(c.user+":"+c.password)), nil
}

// login returns the request of the user and password subnegotiation (RFC 1929, 2), nil
// without credentials.
func (c credentials) login() ([]byte, error) {
	switch {
	case c.none():
		return nil, nil
	case c.hasControl():
		return nil, errControl
	case c.user == "", len(c.user) > 255, c.password == "", len(c.password) > 255:
		return nil, errLoginLength
	}
	message := append([]byte{loginVersion, byte(len(c.user))}, c.user...)
	message = append(message, byte(len(c.password)))
	return append(message, c.password...), nil
}
