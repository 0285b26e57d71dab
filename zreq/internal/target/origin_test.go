package target_test

import (
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/internal/target"
	"github.com/zreq-go/zreq/zreq/wire"
)

// TestOrigin: what is dialled, what Host says, and what is told of a URL. The zone of an
// address goes to the driver and into what is told, and not to the peer (RFC 6874, 4).
func TestOrigin(t *testing.T) {
	for url, want := range map[string]struct{ address, host, origin, safe string }{
		"http://Device.test/a?b#c":         {"Device.test:80", "Device.test", "http://device.test", "http://device.test/a"},
		"https://u:p@h:80":                 {"h:80", "h:80", "https://h:80", "https://h:80"},
		"https://h:443/":                   {"h:443", "h", "https://h", "https://h/"},
		"http://h:443/":                    {"h:443", "h:443", "http://h:443", "http://h:443/"},
		"http://[::A]:8080/x":              {"[::A]:8080", "[::A]:8080", "http://[::a]:8080", "http://[::a]:8080/x"},
		"https://[fe80::1%25Eth-0.5_~]/":   {"[fe80::1%Eth-0.5_~]:443", "[fe80::1]", "https://[fe80::1%25Eth-0.5_~]", "https://[fe80::1%25Eth-0.5_~]/"},
		"http://[fe80::1%25%65th0%3a1]:81": {"[fe80::1%eth0:1]:81", "[fe80::1]:81", "http://[fe80::1%25%65th0%3a1]:81", "http://[fe80::1%25%65th0%3a1]:81"},
		"http://[fe80::1%25a%20%C3%BC]":    {"[fe80::1%a ü]:80", "[fe80::1]", "http://[fe80::1%25a%20%C3%BC]", "http://[fe80::1%25a%20%C3%BC]"},
	} {
		t.Run(url, func(t *testing.T) {
			is := is.New(t)
			u, err := target.Parse(url)
			is.NoErr(err)
			own := u.Clone()
			is.Equal(own, u.Origin)
			is.Equal(string(own.AppendAddress([]byte("to "))), "to "+want.address)
			is.Equal(string(own.AppendAuthority(nil)), want.host)
			is.Equal(own.String(), want.origin)
			is.Equal(u.Safe(), want.safe)
			again, err := target.Parse(own.String())
			is.NoErr(err)
			is.True(again.Same(&own)) // and its text leads there again
		})
	}
	is.New(t).Equal((&target.Target{}).Safe(), "")
}

// TestSame: each part of an origin counts, and of the host the case does not.
func TestSame(t *testing.T) {
	for url, same := range map[string]bool{
		"http://[FE80::A%25e]:81/x?y":  true,
		"http://u@[fe80::a%25%65]:081": true,
		"https://[fe80::a%25e]:81":     false,
		"http://[fe80::a%25e]":         false,
		"http://[fe80::a%25E]:81":      false,
		"http://[fe80::a]:81":          false,
		"http://[fe80::b%25e]:81":      false,
		"http://fe80:81":               false,
	} {
		is := is.New(t)
		a, err := target.Parse("http://[fe80::a%25e]:81")
		is.NoErr(err)
		b, err := target.Parse(url)
		is.NoErr(err)
		if a.Same(&b.Origin) != same || b.Same(&a.Origin) != same {
			t.Errorf("%s: the same is %v", url, !same)
		}
	}
	a, err := target.Parse("http://[fe80::a%25e]:81")
	is.New(t).NoErr(err)
	b := a.Origin.Clone()
	is.New(t).Equal(testing.AllocsPerRun(100, func() { a.Same(&b) }), 0.0) // a Session asks for each connection
}

// TestInheritZone: the address of a server, and another of the same link, mean one in the
// zone that was asked; a zone of the server's own means nothing.
func TestInheritZone(t *testing.T) {
	const refused = "refused"
	for location, want := range map[string]string{
		"http://[fe80::1]":          "%25eth0",
		"http://[FE80::1]":          "%25eth0",
		"http://[fe80::1%25eth0]":   "%25eth0",
		"http://[fe90::2]":          "%25eth0",
		"http://[feA0::2]":          "%25eth0",
		"http://[febf::2]":          "%25eth0",
		"http://[fec0::2]":          "",
		"http://[fe7f::2]":          "",
		"http://[ff80::2]":          "",
		"http://[fe8::2]":           "",
		"http://[2001:db8::1]":      "",
		"http://fe80.test":          "",
		"http://[fe80::1%25%65th0]": "%25%65th0",
		"http://[fe80::1%25eth1]":   refused,
		"http://[fe80::1%25ETH0]":   refused,
		"http://[2001:db8::1%257]":  refused,
	} {
		t.Run(location, func(t *testing.T) {
			is := is.New(t)
			from, err := target.Parse("http://[fe80::1%25eth0]:81/x")
			is.NoErr(err)
			to, err := target.Parse(location)
			is.NoErr(err)
			if err := to.InheritZone(&from); want == refused {
				is.True(strings.HasPrefix(err.Error(), "a zone in the Location")) // and it is shown
				is.True(strings.HasSuffix(err.Error(), `"`))
				return
			}
			is.Equal(to.Zone, want)
		})
	}
	is := is.New(t)
	from, _ := target.Parse("http://[2001:db8::5%257]/")
	to, _ := target.Parse("http://[2001:db8::5]:81/")
	is.NoErr(to.InheritZone(&from))
	is.Equal(to.Zone, "%257") // the address itself, of whatever kind
}

// TestIsHost: a Host is a host and perhaps a port.
func TestIsHost(t *testing.T) {
	for s, want := range map[string]bool{
		"h": true, "h:80": true, "h:": true, "[::1]": true, "[::1]:8080": true, "192.0.2.1": true,
		"": false, ":80": false, "u@h": false, "@h": false, "h:0": false, "h/": false, "h h": false, "::1": false,
		"[fe80::1%25e]": false, "[fe80::1%e]": false, "http://h": false,
	} {
		if target.IsHost(s) != want {
			t.Errorf("%q is a host: %v", s, !want)
		}
	}
}

// TestRequestTarget: path and query as they are sent. What has to be encoded is, and a '%'
// that begins no escape is what the caller wants it to be.
func TestRequestTarget(t *testing.T) {
	for url, want := range map[string]struct{ strict, loose string }{
		"http://h":             {"/", "/"},
		"http://h?q":           {"/?q", "/?q"},
		"http://h/a b?c d#e f": {"/a%20b?c%20d", "/a%20b?c%20d"},
		"http://h/a%20b?c%2Fd": {"/a%20b?c%2Fd", "/a%20b?c%2Fd"},
		"http://h/50%off":      {`"%of"`, "/50%25off"},
		"http://h/a%4":         {`"%4"`, "/a%254"},
		"http://h/%41%?b":      {`"%"`, "/%41%25?b"},
		"http://h/?a=100%&b":   {`"%&b"`, "/?a=100%&b"},
	} {
		t.Run(url, func(t *testing.T) {
			is := is.New(t)
			u, err := target.Parse(url)
			is.NoErr(err)
			got, err := u.AppendRequestTarget(nil, wire.PercentRefused, wire.PercentRefused)
			if strings.HasPrefix(want.strict, "/") {
				is.NoErr(err)
				is.Equal(string(got), want.strict)
			} else {
				is.True(strings.HasSuffix(err.Error(), ": "+want.strict)) // what is wrong is shown
			}
			got, err = u.AppendRequestTarget([]byte("GET "), wire.PercentEncoded, wire.PercentKept)
			is.NoErr(err)
			is.Equal(string(got), "GET "+want.loose)
		})
	}
}
