package zreq_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
)

// testZone: the zone of an IPv6 address goes to the driver. Host and the name that the
// peer has to prove are without it (RFC 6874, 4); what tells of the URL has it.
func testZone(t *testing.T) {
	for url, want := range map[string]struct{ address, host, origin string }{
		"http://[fe80::1%25eth0]:8080/x?y":  {"[fe80::1%eth0]:8080", "[fe80::1]:8080", "http://[fe80::1%25eth0]:8080"},
		"http://[fe80::1%25eth0]":           {"[fe80::1%eth0]:80", "[fe80::1]", "http://[fe80::1%25eth0]"},
		"https://[FE80::A%25Wlan-0.5_~]/":   {"[FE80::A%Wlan-0.5_~]:443", "[FE80::A]", "https://[fe80::a%25Wlan-0.5_~]"},
		"http://u:p@[fe80::1%253]:81/#x":    {"[fe80::1%3]:81", "[fe80::1]:81", "http://[fe80::1%253]:81"},
		"http://[fe80::1%25Ethernet%202]/":  {"[fe80::1%Ethernet 2]:80", "[fe80::1]", "http://[fe80::1%25Ethernet%202]"},
		"http://[fe80::1%25%65th0%3A1]/":    {"[fe80::1%eth0:1]:80", "[fe80::1]", "http://[fe80::1%25eth0%3A1]"},
		"http://[fd00::1%25br-lan]/a b#c d": {"[fd00::1%br-lan]:80", "[fd00::1]", "http://[fd00::1%25br-lan]"},
	} {
		t.Run(url, func(t *testing.T) {
			is := is.New(t)
			peer, secure, log := answers(t, byLength("hi")), &seal{}, &tracer{}
			args := &zreq.Args{Driver: peer, TLS: secure, Headers: asks(), Trace: log}
			resp, err := zreq.Get(context.Background(), url, args)
			is.NoErr(err)
			is.Equal(peer.Addresses(), []string{want.address})
			is.True(strings.Contains(peer.Requests()[0], "\r\nHost: "+want.host+"\r\n"))
			is.True(!strings.Contains(peer.Requests()[0], "%25"))
			is.Equal(resp.Connection.Origin(), want.origin)
			if strings.HasPrefix(url, "https") {
				is.Equal(secure.names, []string{strings.Trim(want.host, "[]")})
			}
			is.NoErr(resp.Connection.Close())

			_, err = zreq.Get(context.Background(), want.origin+"/z", &zreq.Args{Driver: ends(t, "no HTTP"), TLS: &seal{}})
			is.Equal(failure(is, err).URL, want.origin+"/z") // a URL that can be asked again
			chip := &chipDriver{Driver: answers(t, byLength("hi"))}
			_, err = zreq.Get(context.Background(), strings.Replace(want.origin, "http:", "https:", 1), &zreq.Args{Driver: chip})
			is.NoErr(err)
			is.True(!strings.Contains(chip.names[0], "%")) // nor what a chip verifies
		})
	}
}

// testZoneIsPartOfTheOrigin: connections to the same address in two zones lead to two
// machines, and are not shared.
func testZoneIsPartOfTheOrigin(t *testing.T) {
	const eth0 = "http://[fe80::1%25eth0]/"
	for url, same := range map[string]bool{
		"http://[FE80::1%25eth0]:80/x": true,
		"http://[fe80::1%25%65th0]/":   true,
		"http://[fe80::1%25eth1]/":     false,
		"http://[fe80::1%25ETH0]/":     false, // names of interfaces have a case
		"http://[fe80::1]/":            false,
	} {
		t.Run(url, func(t *testing.T) {
			is := is.New(t)
			n := echoing(t)
			s := &zreq.Session{Driver: n}
			defer s.Close()
			for _, u := range []string{eth0, url, eth0, url} {
				_, err := s.Get(context.Background(), u, nil)
				is.NoErr(err)
			}
			is.Equal(s.Stats().Dialled, map[bool]int64{true: 1, false: 2}[same])
			is.NoErr(s.Close())
			conn, err := zreq.Connect(context.Background(), eth0, &zreq.Args{Driver: n})
			is.NoErr(err)
			defer conn.Close()
			_, err = zreq.Get(context.Background(), url, &zreq.Args{Connection: conn})
			is.Equal(errors.Is(err, zreq.ErrOtherOrigin), !same)
			is.NoErr(conn.Close())
			is.Equal(n.Open(), 0)
		})
	}
}

// testZoneOfARedirect: a server does not know the zone that it is asked in. Its own
// address, and another of the same link, mean one in that zone; a zone of the server's
// own means nothing.
func testZoneOfARedirect(t *testing.T) {
	const refused = ""
	for location, want := range map[string]string{
		"/y":                              "[fe80::1%eth0]:81",
		"?y":                              "[fe80::1%eth0]:81",
		"y#z":                             "[fe80::1%eth0]:81",
		"//[fe80::1]/y":                   "[fe80::1%eth0]:80",
		"http://[fe80::1]:81/y":           "[fe80::1%eth0]:81",
		"https://[FE80::1]/y":             "[fe80::1%eth0]:443",
		"http://[fe80::1%25eth0]:81/y":    "[fe80::1%eth0]:81",
		"http://[fe80::abcd]/":            "[fe80::abcd%eth0]:80",
		"http://[febf::2]/":               "[febf::2%eth0]:80",
		"http://[fec0::2]/":               "[fec0::2]:80",
		"http://[2001:db8::1]/":           "[2001:db8::1]:80",
		"http://[fe::80]/":                "[fe::80]:80",
		"http://other.test/":              "other.test:80",
		"http://[fe80::1%25eth1]:81/y":    refused,
		"http://[fe80::1%25ETH0]:81/y":    refused,
		"http://[2001:db8::1%25eth7]:81/": refused,
	} {
		t.Run(location, func(t *testing.T) {
			is := is.New(t)
			peer := each(t, moved(302, location), byLength("hi"))
			resp, err := zreq.Get(context.Background(), "http://[fe80::1%25eth0]:81/x", &zreq.Args{Driver: peer, TLS: &seal{}})
			if want == refused {
				is.True(errors.Is(err, zreq.ErrRedirect))
				is.True(strings.Contains(err.Error(), "zone in the Location"))
				is.Equal(peer.Dials(), 1)
				return
			}
			is.NoErr(err)
			is.Equal(strings.ToLower(peer.Addresses()[1]), want)
			is.True(!strings.Contains(peer.Requests()[1], "%"))
			is.Equal(strings.Contains(resp.URL(), "%25eth0"), strings.Contains(want, "%"))
			is.Equal(resp.History()[0].URL, "http://[fe80::1%25eth0]:81/x")
		})
	}
	t.Run("from a global address", func(t *testing.T) {
		is := is.New(t)
		peer := each(t, moved(302, "http://[fe80::1%25eth0]/"))
		_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer})
		is.True(errors.Is(err, zreq.ErrRedirect)) // a server does not choose the link
		is.Equal(peer.Dials(), 1)
	})
	t.Run("is the same origin", func(t *testing.T) {
		is := is.New(t)
		peer := answers(t, moved(302, "http://[fe80::1]/y"), byLength("hi"))
		_, err := zreq.Get(context.Background(), "http://[fe80::1%25eth0]/x", &zreq.Args{
			Driver: peer, Auth: zreq.Basic("u", "p"), Headers: asks(),
		})
		is.NoErr(err)
		is.Equal(peer.Dials(), 1) // the connection serves
		is.True(strings.Contains(peer.Requests()[1], "Authorization: Basic"))
	})
}

// testZoneInHost: a Host of the caller's has no zone, either.
func testZoneInHost(t *testing.T) {
	for _, host := range []string{"[fe80::1%25eth0]", "[fe80::1%eth0]:80"} {
		refused(t, "GET", site, zreq.Args{Headers: zreq.Headers{{"Host", host}}}, zreq.ErrRequest)
	}
}

var _ netdriver.TLSDialer = (*chipDriver)(nil)
