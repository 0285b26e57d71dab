package proxy_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/proxy"
)

// Messages of SOCKS5.
const (
	hello       = "\x05\x01\x00"
	helloLogin  = "\x05\x02\x00\x02"
	login       = "\x01\x07" + user + "\x09" + password
	toOrigin    = "\x05\x01\x00\x03\x0borigin.test\x01\xbb"
	connected   = "\x05\x00\x00\x01\x7f\x00\x00\x01\x04\x38"
	noLogin     = "\x05\x00"
	wantsLogin  = "\x05\x02"
	loginTaken  = "\x01\x00"
	loginFailed = "\x01\x01"
)

// testSOCKSConnects: whatever the proxy says of its own address, the next byte is the
// tunnel's.
func testSOCKSConnects(t *testing.T) {
	for name, tt := range map[string]struct {
		options  *proxy.Options
		dialogue dialogue
	}{
		"no login":              {nil, dialogue{{hello, noLogin}, {toOrigin, connected}}},
		"a login":               {withLogin(), dialogue{{helloLogin, wantsLogin}, {login, loginTaken}, {toOrigin, connected}}},
		"a login is not needed": {withLogin(), dialogue{{helloLogin, noLogin}, {toOrigin, connected}}},
		"its address in IPv6":   {nil, dialogue{{hello, noLogin}, {toOrigin, "\x05\x00\x00\x04" + strings.Repeat("\x01", 16) + "\x04\x38"}}},
		"its name":              {nil, dialogue{{hello, noLogin}, {toOrigin, "\x05\x00\x00\x03\x05proxy\x04\x38"}}},
		"a long name":           {nil, dialogue{{hello, noLogin}, {toOrigin, "\x05\x00\x00\x03\xff" + strings.Repeat("x", 255) + "\x04\x38"}}},
		"an empty name":         {nil, dialogue{{hello, noLogin}, {toOrigin, "\x05\x00\x00\x03\x00\x04\x38"}}},
		"something is reserved": {nil, dialogue{{hello, noLogin}, {toOrigin, "\x05\x00\x07\x01\x7f\x00\x00\x01\x04\x38"}}},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			tt.dialogue[len(tt.dialogue)-1].reply += "hello"
			p := play(t, tt.dialogue)
			c, err := dial(t, socksTo(t, p, tt.options))
			is.NoErr(err)
			_, same := c.(*memnet.Conn)
			is.True(same)                          // always the connection of the driver below
			is.Equal(reads(t, c, 5), "hello")      // not a byte of the tunnel was taken
			is.Equal(echoes(t, c, "over"), "over") // which goes on
		})
	}
}

// testSOCKSAddress: addresses are sent as addresses, and everything else as a name, which
// the proxy looks up.
func testSOCKSAddress(t *testing.T) {
	long := strings.Repeat("x", 255)
	for address, want := range map[string]string{
		"192.0.2.1:80":          "\x01\xc0\x00\x02\x01\x00\x50",
		"[2001:db8::1]:65535":   "\x04\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\xff\xff",
		"[::ffff:192.0.2.1]:80": "\x01\xc0\x00\x02\x01\x00\x50",
		"Example.ORG:1":         "\x03\x0bExample.ORG\x00\x01",
		"300.0.2.1:80":          "\x03\x09300.0.2.1\x00\x50",
		long + ":443":           "\x03\xff" + long + "\x01\xbb",
	} {
		t.Run(address, func(t *testing.T) {
			is := is.New(t)
			p := play(t, dialogue{{hello, noLogin}, {"\x05\x01\x00" + want, connected}})
			c, err := socksTo(t, p, nil).Dial(context.Background(), "tcp", address)
			is.NoErr(err)
			is.NoErr(c.Close())
		})
	}
}

// testSOCKSRefuses: every refusal has an error that says what it is.
func testSOCKSRefuses(t *testing.T) {
	reply := func(code string) dialogue {
		return dialogue{{hello, noLogin}, {toOrigin, "\x05" + code + "\x00\x01\x00\x00\x00\x00\x00\x00"}}
	}
	for name, tt := range map[string]struct {
		options   *proxy.Options
		dialogue  dialogue
		reason    error
		reply     proxy.Reply
		permanent bool
		text      string
	}{
		"failure":                {nil, reply("\x01"), proxy.ErrRefused, proxy.ReplyFailure, false, "general failure of the proxy (reply 1)"},
		"rules":                  {nil, reply("\x02"), proxy.ErrRefused, proxy.ReplyNotAllowed, true, "its rules do not allow it (reply 2)"},
		"network":                {nil, reply("\x03"), proxy.ErrRefused, proxy.ReplyNetworkUnreachable, false, "no route to the network (reply 3)"},
		"host":                   {nil, reply("\x04"), proxy.ErrRefused, proxy.ReplyHostUnreachable, false, "cannot reach the server, or does not find its name (reply 4)"},
		"refused":                {nil, reply("\x05"), proxy.ErrRefused, proxy.ReplyConnectionRefused, false, "refused the connection (reply 5)"},
		"TTL":                    {nil, reply("\x06"), proxy.ErrRefused, proxy.ReplyTTLExpired, false, "TTL expired) (reply 6)"},
		"command":                {nil, reply("\x07"), proxy.ErrRefused, proxy.ReplyNoCommand, true, "CONNECT (reply 7)"},
		"address type":           {nil, reply("\x08"), proxy.ErrRefused, proxy.ReplyNoAddressType, true, "type of address (reply 8)"},
		"unknown":                {nil, reply("\xff"), proxy.ErrRefused, 255, false, "unknown reply (reply 255)"},
		"cut short":              {nil, dialogue{{hello, noLogin}, {toOrigin, "\x05\x02"}, {"", hangUp}}, proxy.ErrRefused, 2, true, "reply 2"},
		"wants a login":          {nil, dialogue{{hello, "\x05\xff"}}, proxy.ErrNoCredentials, 0, true, "wants a user and a password"},
		"wants something":        {withLogin(), dialogue{{helloLogin, "\x05\xff"}}, proxy.ErrScheme, 0, true, "not supported"},
		"login":                  {withLogin(), dialogue{{helloLogin, wantsLogin}, {login, loginFailed}}, proxy.ErrCredentials, 0, true, "does not accept"},
		"login, odd":             {withLogin(), dialogue{{helloLogin, wantsLogin}, {login, "\x05\x00"}}, proxy.ErrProtocol, 0, true, "RFC 1929"},
		"login nobody offered":   {nil, dialogue{{hello, wantsLogin}}, proxy.ErrProtocol, 0, true, "not offered"},
		"GSSAPI":                 {withLogin(), dialogue{{helloLogin, "\x05\x01"}}, proxy.ErrProtocol, 0, true, "not offered"},
		"SOCKS4":                 {nil, dialogue{{hello, "\x00\x5b"}}, proxy.ErrProtocol, 0, true, "version 5"},
		"HTTP":                   {nil, dialogue{{hello, "HTTP/1.1 400 x\r\n\r\n"}}, proxy.ErrProtocol, 0, true, "version 5"},
		"version of the reply":   {nil, dialogue{{hello, noLogin}, {toOrigin, "\x04\x00"}}, proxy.ErrProtocol, 0, true, "version 5"},
		"type of address":        {nil, dialogue{{hello, noLogin}, {toOrigin, "\x05\x00\x00\x02"}}, proxy.ErrProtocol, 0, true, "unknown type"},
		"closed at once":         {nil, dialogue{{hello, hangUp}}, io.ErrUnexpectedEOF, 0, false, "closed the connection"},
		"closed after the login": {withLogin(), dialogue{{helloLogin, wantsLogin}, {login, hangUp}}, io.ErrUnexpectedEOF, 0, false, "closed the connection"},
		"closed in the reply":    {nil, dialogue{{hello, noLogin}, {toOrigin, "\x05\x00\x00\x03\x05pro"}, {"", hangUp}}, io.ErrUnexpectedEOF, 0, false, "closed the connection"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			p := play(t, tt.dialogue)
			c, err := dial(t, socksTo(t, p, tt.options))
			is.Equal(c, nil)
			var e *proxy.Error
			is.True(errors.As(err, &e))
			is.True(errors.Is(err, tt.reason))                                                                    // what went wrong can be asked for
			is.Equal(e.Reply, tt.reply)                                                                           // and what the proxy said
			is.Equal(e.Permanent(), tt.permanent)                                                                 // whether to try again
			is.Equal(e.Answered(), tt.reply == proxy.ReplyNotAllowed || tt.reply == proxy.ReplyConnectionRefused) // whether it is the address alone
			is.True(strings.Contains(err.Error(), tt.text))                                                       // in words of its own
			is.True(!leaks(err.Error()))                                                                          // without the credentials
			is.Equal(p.Open(), 0)                                                                                 // nothing is left open
		})
	}
}
