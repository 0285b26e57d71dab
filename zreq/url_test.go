package zreq_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// badURLs are refused before anything is dialled: some as they are taken apart, of which
// room target has all, and some as the request is written. Each has "secret" wherever
// something a caller wants kept can stand.
var badURLs = map[string]string{
	"empty":                     "",
	"another scheme":            "ftp://u:secret@device.test/",
	"port 0":                    "http://u:secret@device.test:0/",
	"CR LF in the query":        "http://device.test/?a\r\nsecret: b",
	"a password with a slash":   "http://user:se/secret@device.test/",
	"non-ASCII host":            "http://bücher.example/secret",
	"half a percent-encoding":   "http://device.test/page%4",
	"percent alone":             "http://device.test/page%",
	"percent, not hexadecimal":  "http://device.test/page%zz",
	"percent in the query":      "http://device.test/?secret=%g0",
	"percent in the userinfo":   "http://u:secret%2@device.test/",
	"CR LF encoded in userinfo": "http://u:secret%0d%0a@device.test/",
	"NUL encoded in userinfo":   "http://u%00:secret@device.test/",
	"colon encoded in the user": "http://u%3a:secret@device.test/",
	"IPv6 without brackets":     "http://::1/secret",
	"IPv6, a zone with a slash": "http://[fe80::1%25a%2Fb]/secret",
}

// testURLRefuses: what cannot be dialled as it stands is ErrRequest, before a
// dial, and the error shows no credentials, query or fragment of it.
func testURLRefuses(t *testing.T) {
	for name, in := range badURLs {
		t.Run(name, func(t *testing.T) { refused(t, "GET", in, zreq.Args{}, zreq.ErrRequest) })
	}
	t.Run("the cure of a non-ASCII host", func(t *testing.T) {
		is := is.New(t)
		_, err := zreq.Get(t.Context(), "http://bücher.example/", nil)
		is.True(strings.Contains(err.Error(), "xn--")) // the error asks for its xn-- form
		is.True(errors.Is(err, zreq.ErrRequest))
	})
}

// testURLSpace: a space in the path or query of the caller's URL goes out as %20, as any
// other byte that has to be encoded does; what follows '#' does not go out at all.
func testURLSpace(t *testing.T) {
	for url, want := range map[string]string{
		"http://device.test/my file.bin":           "/my%20file.bin",
		"http://device.test/?q=a b":                "/?q=a%20b",
		"http://device.test?a b  c":                "/?a%20b%20%20c",
		"http://device.test/a ":                    "/a%20",
		"http://device.test/a%20b c|\u00fc\"d?e f": "/a%20b%20c%7C%C3%BC%22d?e%20f",
		"http://device.test/a b#c d":               "/a%20b",
	} {
		t.Run(url, func(t *testing.T) {
			is := is.New(t)
			peer := each(t, byLength("hi"))
			resp, err := zreq.Get(t.Context(), url, &zreq.Args{Driver: peer})
			is.NoErr(err)
			is.Equal(lines(peer), []string{"GET " + want + " device.test"})
			is.Equal(resp.URL(), "http://device.test"+want) // as it was sent
		})
	}
}

// testURLErrors: the error of a URL says what is wrong, how to mend it, and shows the
// part that is wrong, quoted.
func testURLErrors(t *testing.T) {
	for url, want := range map[string]string{
		"device.test/page?q":                `the URL must begin with http:// or https://: "device.test/page"`,
		"ftp://u:hush@device.test/":         `the URL must begin with http:// or https://: "ftp://"`,
		"u:hush@device.test/":               "the URL must begin with http:// or https://",
		"http://::1:80/":                    `put the IPv6 address of the URL in brackets, as in http://[::1]:80/: "::1:80"`,
		"http://device.test:8o80/":          `the port of the URL is not a number from 1 to 65535: ":8o80"`,
		"http://b\u00fccher.example/":       "non-ASCII host name in the URL: give its xn-- form: \"b\u00fccher.example\"",
		"http://device.test/page%4":         `a % in the URL that begins no escape: write %25: "%4"`,
		"http://device.test/50%off?a=b":     `write %25: "%of"`,
		"http://device.test/?a=hush&b=100%": `write %25: "%"`,
		"http://u:hu%zz@device.test/":       "bad percent-encoding or control character in the userinfo of the URL",
		"http://u:hu/hush@device.test/":     "the port of the URL is not a number from 1 to 65535",
	} {
		t.Run(url, func(t *testing.T) {
			is := is.New(t)
			args := &zreq.Args{Driver: zreqtest.NewPeer(t)}
			s := &zreq.Session{Driver: args.Driver}
			_, err := zreq.Get(context.Background(), url, args)
			_, ofSession := s.Get(context.Background(), url, nil)
			is.True(errors.Is(err, zreq.ErrRequest))
			is.True(strings.HasSuffix(err.Error(), want))
			is.Equal(ofSession.Error(), err.Error())                                        // a Session says the same
			if !strings.Contains(want, "%25: ") && !strings.Contains(want, "bad percent") { // of which a Connection needs nothing
				_, err := zreq.Connect(context.Background(), url, args)
				is.True(strings.HasSuffix(err.Error(), want))
			}
			is.True(!strings.Contains(err.Error(), "hu")) // no credentials, no query
		})
	}
}

// testLocationErrors: a Location that is wrong is shown in the same way, and no more of
// it than of a URL of the caller's.
func testLocationErrors(t *testing.T) {
	for location, want := range map[string]string{
		"ftp://hush/":               `the URL must begin with http:// or https://: "ftp://"`,
		"mailto:eve@hush.test":      "the URL must begin with http:// or https://",
		"http://::1:80/hush":        `put the IPv6 address of the URL in brackets, as in http://[::1]:80/: "::1:80"`,
		"//b\u00fccher.test/hush":   "give its xn-- form: \"b\u00fccher.test\"",
		"http://d.test:8o/?hush":    `1 to 65535: ":8o"`,
		"http://hush:hush/@d.test/": "the port of the URL is not a number from 1 to 65535",
		"/a\tb?hush":                `percent-encoded: "\t"`,
	} {
		t.Run(location, func(t *testing.T) {
			is := is.New(t)
			_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: answers(t, moved(302, location))})
			is.True(errors.Is(err, zreq.ErrRedirect))
			is.True(strings.HasSuffix(err.Error(), want))
			is.True(!strings.Contains(err.Error(), "hush"))
		})
	}
}

// testZone: the zone of an IPv6 address goes to the driver. Host and the name that the
// peer has to prove are without it (RFC 6874, 4); what tells of the URL has it.
func testZone(t *testing.T) {
	for url, want := range map[string]struct{ address, host, origin string }{
		"http://[fe80::1%25eth0]:8080/x?y":  {"[fe80::1%eth0]:8080", "[fe80::1]:8080", "http://[fe80::1%25eth0]:8080"},
		"http://[fe80::1%25eth0]":           {"[fe80::1%eth0]:80", "[fe80::1]", "http://[fe80::1%25eth0]"},
		"https://[FE80::A%25Wlan-0.5_~]/":   {"[FE80::A%Wlan-0.5_~]:443", "[FE80::A]", "https://[fe80::a%25Wlan-0.5_~]"},
		"http://u:p@[fe80::1%253]:81/#x":    {"[fe80::1%3]:81", "[fe80::1]:81", "http://[fe80::1%253]:81"},
		"http://[fe80::1%25Ethernet%202]/":  {"[fe80::1%Ethernet 2]:80", "[fe80::1]", "http://[fe80::1%25Ethernet%202]"},
		"http://[fe80::1%25%65th0%3A1]/":    {"[fe80::1%eth0:1]:80", "[fe80::1]", "http://[fe80::1%25%65th0%3A1]"},
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

// refused checks that a request is an error before a dial, and that the error
// says nothing that begins with "secret" and no control character.
func refused(t *testing.T, method, url string, args zreq.Args, want error) {
	t.Helper()
	is := is.New(t)
	peer := zreqtest.NewPeer(t)
	args.Driver = peer
	resp, err := zreq.Do(context.Background(), method, url, &args)
	is.True(resp == nil)
	e := failure(is, err)
	is.True(errors.Is(err, want)) // the kind of error
	is.Equal(e.Phase, zreq.PhaseRequest)
	is.Equal(e.Sent, int64(0))
	is.Equal(peer.Dials(), 0)                              // nothing was dialled
	is.True(!strings.Contains(err.Error(), "secret"))      // nothing that may be secret is repeated
	is.True(!strings.ContainsAny(err.Error(), "\r\n\x00")) // nothing that forges a line of a log
	is.True(!zreq.SafeToRetry(err))                        // it would fare no better
}

// badRequests are refused before anything is dialled.
var badRequests = map[string]struct {
	method string
	args   zreq.Args
}{
	"method, empty":            {"", zreq.Args{}},
	"method with a space":      {"GE secret", zreq.Args{}},
	"method with CR LF":        {"GET / HTTP/1.1\r\nsecret: x", zreq.Args{}},
	"method with NUL":          {"GET\x00", zreq.Args{}},
	"method with a slash":      {"GET/", zreq.Args{}},
	"method beyond ASCII":      {"GÉT", zreq.Args{}},
	"CONNECT":                  {"CONNECT", zreq.Args{}},
	"name, empty":              {"GET", zreq.Args{Headers: zreq.Headers{{"", "secret"}}}},
	"name with a space":        {"GET", zreq.Args{Headers: zreq.Headers{{"X ", "secret"}}}},
	"name with a colon":        {"GET", zreq.Args{Headers: zreq.Headers{{"X:", "secret"}}}},
	"name with CR LF":          {"GET", zreq.Args{Headers: zreq.Headers{{"X\r\nY", "secret"}}}},
	"name with NUL":            {"GET", zreq.Args{Headers: zreq.Headers{{"X\x00", "secret"}}}},
	"name beyond ASCII":        {"GET", zreq.Args{Headers: zreq.Headers{{"Contentſ", "secret"}}}},
	"value with CR LF":         {"GET", zreq.Args{Headers: zreq.Headers{{"X", "secret\r\nY: z"}}}},
	"value with CR":            {"GET", zreq.Args{Headers: zreq.Headers{{"X", "secret\rz"}}}},
	"value with LF":            {"GET", zreq.Args{Headers: zreq.Headers{{"X", "secret\nz"}}}},
	"value with NUL":           {"GET", zreq.Args{Headers: zreq.Headers{{"X", "secret\x00"}}}},
	"value with DEL":           {"GET", zreq.Args{Headers: zreq.Headers{{"X", "secret\x7f"}}}},
	"value that begins blank":  {"GET", zreq.Args{Headers: zreq.Headers{{"X", " secret"}}}},
	"value that ends blank":    {"GET", zreq.Args{Headers: zreq.Headers{{"X", "secret\t"}}}},
	"Host with CR LF":          {"GET", zreq.Args{Headers: zreq.Headers{{"Host", "secret\r\nX: y"}}}},
	"Host twice":               {"GET", zreq.Args{Headers: zreq.Headers{{"Host", "a"}, {"hOST", "secret"}}}},
	"Host, empty":              {"GET", zreq.Args{Headers: zreq.Headers{{"Host", ""}}}},
	"Host with a space":        {"GET", zreq.Args{Headers: zreq.Headers{{"Host", "a secret"}}}},
	"Host with a comma":        {"GET", zreq.Args{Headers: zreq.Headers{{"Host", "a,secret"}}}},
	"Host with a user":         {"GET", zreq.Args{Headers: zreq.Headers{{"Host", "secret@h"}}}},
	"Host with a path":         {"GET", zreq.Args{Headers: zreq.Headers{{"Host", "h/secret"}}}},
	"Host with no port number": {"GET", zreq.Args{Headers: zreq.Headers{{"Host", "h:secret"}}}},
	"Host left out":            {"GET", zreq.Args{Omit: []string{"host"}}},
	"Authorization with CR LF": {"GET", zreq.Args{Headers: zreq.Headers{{"Authorization", "secret\r\n"}}}},
	"Content-Length":           {"POST", zreq.Args{Headers: zreq.Headers{{"content-length", "3"}}}},
	"Content-Length, the same": {"POST", zreq.Args{Headers: zreq.Headers{{"Content-Length", "0"}}}},
	"Transfer-Encoding":        {"POST", zreq.Args{Headers: zreq.Headers{{"Transfer-Encoding", "chunked"}}}},
	"TRACE with a body":        {"TRACE", zreq.Args{Body: strings.NewReader("secret")}},
	"TRACE with Authorization": {"TRACE", zreq.Args{Headers: zreq.Headers{{"authorization", "secret"}}}},
	"TRACE with Cookie":        {"TRACE", zreq.Args{Headers: zreq.Headers{{"COOKIE", "secret"}}}},
	"TRACE with proxy login":   {"TRACE", zreq.Args{Headers: zreq.Headers{{"Proxy-Authorization", "secret"}}}},
	"TRACE with a key":         {"TRACE", zreq.Args{Headers: zreq.Headers{{"X-Key", "secret"}}, OriginOnly: []string{"x-key"}}},
	"TRACE with Auth":          {"TRACE", zreq.Args{Auth: zreq.Basic("user", "secret")}},
	"If-Range without Range":   {"GET", zreq.Args{Headers: zreq.Headers{{"if-range", `"secret"`}}}},
	"If-Range, a weak ETag":    {"GET", zreq.Args{Headers: zreq.Headers{{"Range", "bytes=0-"}, {"If-Range", `W/"secret"`}}}},
	"huge StreamChunk":         {"GET", zreq.Args{StreamChunk: math.MaxInt}},
	"StreamChunk over 64 MiB":  {"GET", zreq.Args{StreamChunk: 64<<20 + 1}},
	"huge ReadBuffer":          {"GET", zreq.Args{Limits: zreq.Limits{ReadBuffer: math.MaxInt}}},
	"ReadBuffer over 64 MiB":   {"GET", zreq.Args{Limits: zreq.Limits{ReadBuffer: 64<<20 + 1}}},
	"negative StreamChunk":     {"GET", zreq.Args{StreamChunk: -1}},
	"negative HeadBytes":       {"GET", zreq.Args{Limits: zreq.Limits{HeadBytes: -1}}},
	"negative Fields":          {"GET", zreq.Args{Limits: zreq.Limits{Fields: -1}}},
	"negative Informational":   {"GET", zreq.Args{Limits: zreq.Limits{Informational: -1}}},
	"negative ChunkLine":       {"GET", zreq.Args{Limits: zreq.Limits{ChunkLine: -1}}},
	"negative TrailerBytes":    {"GET", zreq.Args{Limits: zreq.Limits{TrailerBytes: -1}}},
	"negative Content":         {"GET", zreq.Args{Limits: zreq.Limits{Content: -1}}},
	"negative ReadBuffer":      {"GET", zreq.Args{Limits: zreq.Limits{ReadBuffer: -1}}},
	"negative RequestBytes":    {"GET", zreq.Args{Limits: zreq.Limits{RequestBytes: -1}}},
}

func testRefusal(t *testing.T) {
	for name, tt := range badRequests {
		t.Run(name, func(t *testing.T) { refused(t, tt.method, site, tt.args, zreq.ErrRequest) })
	}
	t.Run("method and URL", func(t *testing.T) {
		refused(t, "GET\r\nsecret", "http://", zreq.Args{}, zreq.ErrRequest)
	})
	t.Run("no context", func(t *testing.T) {
		is := is.New(t)
		var none context.Context
		resp, err := zreq.Get(none, site, &zreq.Args{Driver: zreqtest.NewPeer(t)})
		is.True(resp == nil)
		is.True(errors.Is(err, zreq.ErrRequest)) // a nil context is no panic
		_, err = zreq.Connect(none, site, &zreq.Args{Driver: zreqtest.NewPeer(t)})
		is.True(errors.Is(err, zreq.ErrRequest))
	})
}

// testRefusalOfSize: a request head over its limit is too large before a dial,
// and never cut.
func testRefusalOfSize(t *testing.T) {
	long := "secret" + strings.Repeat("x", 100)
	for name, args := range map[string]zreq.Args{
		"headers": {Headers: zreq.Headers{{"X", long}}},
		"params":  {Params: form.Values{{"x", long}}},
	} {
		t.Run(name, func(t *testing.T) {
			args.Limits.RequestBytes = 100
			refused(t, "GET", site, args, zreq.ErrTooLarge)
			refused(t, "GET", site, args, zreq.ErrRequest)
		})
	}
	t.Run("by default 16 KiB", func(t *testing.T) {
		refused(t, "GET", site, zreq.Args{Headers: zreq.Headers{{"X", strings.Repeat("x", 16<<10)}}}, zreq.ErrTooLarge)
	})
}
