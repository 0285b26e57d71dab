package wire_test

import (
	"fmt"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/wire"
)

// statusLines: want is "minor status reason".
var statusLines = []row{
	{name: "plain", in: "HTTP/1.1 200 OK", want: `1 200 "OK"`},
	{name: "1.0", in: "HTTP/1.0 200 OK", want: `0 200 "OK"`},
	{name: "higher minor is read as 1", in: "HTTP/1.9 200 OK", want: `1 200 "OK"`},
	{name: "no reason", in: "HTTP/1.1 200 ", want: `1 200 ""`},
	{name: "no reason and no space", in: "HTTP/1.1 200", want: `1 200 ""`},
	{name: "reason of several words", in: "HTTP/1.1 404 Not Found here", want: `1 404 "Not Found here"`},
	{name: "reason with a tab", in: "HTTP/1.1 200 O\tK", want: `1 200 "O\tK"`},
	{name: "reason beyond ASCII", in: "HTTP/1.1 200 D\xe9pass\xc3\xa9", want: `1 200 "D\xe9passé"`},
	{name: "reason with a colon", in: "HTTP/1.1 200 a: b", want: `1 200 "a: b"`},
	{name: "reason after two spaces", in: "HTTP/1.1 200  OK", want: `1 200 "OK"`},
	{name: "lowest final status", in: "HTTP/1.1 200 x", want: `1 200 "x"`},
	{name: "status outside the classes", in: "HTTP/1.1 999 x", want: `1 999 "x"`},
	{name: "status that is not registered", in: "HTTP/1.1 299 x", want: `1 299 "x"`},

	{name: "empty line first", in: "\r\nHTTP/1.1 200 OK", err: wire.ErrBadStatusLine},
	{name: "bare LF first", in: "\nHTTP/1.1 200 OK", err: wire.ErrBadStatusLine},
	{name: "space first", in: " HTTP/1.1 200 OK", err: wire.ErrBadStatusLine},
	{name: "another protocol", in: "SSH-2.0-OpenSSH_9.6", err: wire.ErrBadStatusLine},
	{name: "another protocol that begins alike", in: "HTTQ/1.1 200 OK", err: wire.ErrBadStatusLine},
	{name: "ICY", in: "ICY 200 OK", err: wire.ErrBadStatusLine},
	{name: "TLS record", in: "\x15\x03\x01\x00\x02\x02\x46", err: wire.ErrTLS},
	{name: "a request", in: "GET / HTTP/1.1", err: wire.ErrBadStatusLine},
	{name: "lower case", in: "http/1.1 200 OK", err: wire.ErrBadStatusLine},
	{name: "mixed case", in: "HTTp/1.1 200 OK", err: wire.ErrBadStatusLine},
	{name: "HTTP/2", in: "HTTP/2 200", err: wire.ErrBadVersion},
	{name: "HTTP/2.0", in: "HTTP/2.0 200 OK", err: wire.ErrBadVersion},
	{name: "HTTP/0.9", in: "HTTP/0.9 200 OK", err: wire.ErrBadVersion},
	{name: "HTTP/3.1", in: "HTTP/3.1 200 OK", err: wire.ErrBadVersion},
	{name: "major version of two digits", in: "HTTP/11.1 200 OK", err: wire.ErrBadStatusLine},
	{name: "minor version of two digits", in: "HTTP/1.10 200 OK", err: wire.ErrBadStatusLine},
	{name: "minor version missing", in: "HTTP/1. 200 OK", err: wire.ErrBadStatusLine},
	{name: "minor version a letter", in: "HTTP/1.x 200 OK", err: wire.ErrBadStatusLine},
	{name: "minor version signed", in: "HTTP/1.-1 200 OK", err: wire.ErrBadStatusLine},
	{name: "version without a dot", in: "HTTP/11 200 OK", err: wire.ErrBadStatusLine},
	{name: "version with a comma", in: "HTTP/1,1 200 OK", err: wire.ErrBadStatusLine},
	{name: "version a space apart", in: "HTTP/ 1.1 200 OK", err: wire.ErrBadStatusLine},
	{name: "version missing", in: "HTTP/", err: wire.ErrBadStatusLine},
	{name: "status missing", in: "HTTP/1.1", err: wire.ErrBadStatusLine},
	{name: "status missing after the space", in: "HTTP/1.1 ", err: wire.ErrBadStatusLine},
	{name: "status missing before the reason", in: "HTTP/1.1 OK is OK", err: wire.ErrBadStatusLine},
	{name: "status of two digits", in: "HTTP/1.1 20 OK", err: wire.ErrBadStatusLine},
	{name: "status of one digit", in: "HTTP/1.1 2", err: wire.ErrBadStatusLine},
	{name: "status of four digits", in: "HTTP/1.1 2000 OK", err: wire.ErrBadStatusLine},
	{name: "status below 100", in: "HTTP/1.1 099 OK", err: wire.ErrBadStatusLine},
	{name: "status zero", in: "HTTP/1.1 000 OK", err: wire.ErrBadStatusLine},
	{name: "status signed", in: "HTTP/1.1 +20 OK", err: wire.ErrBadStatusLine},
	{name: "status negative", in: "HTTP/1.1 -10 OK", err: wire.ErrBadStatusLine},
	{name: "status hexadecimal", in: "HTTP/1.1 2a0 OK", err: wire.ErrBadStatusLine},
	{name: "status in other digits", in: "HTTP/1.1 \u0662\u0660\u0660 OK", err: wire.ErrBadStatusLine},
	{name: "two spaces before the status", in: "HTTP/1.1  200 OK", err: wire.ErrBadStatusLine},
	{name: "tab before the status", in: "HTTP/1.1\t200 OK", err: wire.ErrBadStatusLine},
	{name: "tab after the status", in: "HTTP/1.1 200\tOK", err: wire.ErrBadStatusLine},
	{name: "letter after the status", in: "HTTP/1.1 200OK", err: wire.ErrBadStatusLine},
	{name: "colon after the status", in: "HTTP/1.1 200: OK", err: wire.ErrBadStatusLine},
	{name: "NUL in the reason", in: "HTTP/1.1 200 O\x00K", err: wire.ErrNUL},
	{name: "bare CR in the reason", in: "HTTP/1.1 200 O\rK", err: wire.ErrBareCR},
	{name: "bare CR before the status", in: "HTTP/1.1\r200 OK", err: wire.ErrBareCR},
	{name: "CR CR LF", in: "HTTP/1.1 200 OK\r", err: wire.ErrBareCR},
}

func testStatusLine(t *testing.T) {
	for _, end := range []string{"\r\n", "\n"} {
		for _, tt := range statusLines {
			if tt.in == "HTTP/1.1 200 OK\r" && end == "\n" {
				continue // together they are a whole line end
			}
			t.Run(fmt.Sprintf("%s/%q", tt.name, end), func(t *testing.T) {
				is := is.New(t)
				got := replay(t, exchange{in: tt.in + end + end})
				is.Equal(got.err, tt.err) // the error that names the rule
				if tt.err == nil {
					is.Equal(fmt.Sprintf("%d %d %q", got.minor, got.status, got.reason), tt.want) // as the line says
				}
			})
		}
	}
}

// A peer that speaks another protocol is refused at the first byte that shows it:
// it may wait for us and send no line end, ever.
func TestStatusLineAtOnce(t *testing.T) {
	for in, at := range map[string]int{"SSH-2.0": 1, "\x16\x03": 1, "HTTQ/1.1": 4, "HTTP 200": 5, "\r\nHTTP": 1} {
		t.Run(fmt.Sprintf("%q", in), func(t *testing.T) {
			is := is.New(t)
			var d wire.Decoder
			d.Reset("GET", wire.Limits{})
			for i := 1; i < at; i++ {
				_, _, err := d.Next([]byte(in[:i]))
				is.NoErr(err) // so far it could be a status line
			}
			_, _, err := d.Next([]byte(in[:at]))
			is.Equal(err, wire.ErrBadStatusLine) // now it cannot
		})
	}
}

// informationals: want is "informational ones, final status".
var informationals = []row{
	{name: "100", in: "HTTP/1.1 100 Continue\r\n\r\n", want: "[100 {}] 200"},
	{name: "100 without a reason", in: "HTTP/1.1 100\r\n\r\n", want: "[100 {}] 200"},
	{name: "100 of HTTP/1.0", in: "HTTP/1.0 100 Continue\r\n\r\n", want: "[100 {}] 200"},
	{name: "103 with fields", in: "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nLink: </b>\r\n\r\n", want: "[103 {Link: </a>; Link: </b>}] 200"},
	{name: "a chain", in: "HTTP/1.1 100 x\r\n\r\nHTTP/1.1 102 x\r\n\r\nHTTP/1.1 103 x\r\nA: b\r\n\r\n", want: "[100 {} 102 {} 103 {A: b}] 200"},
	{name: "unknown", in: "HTTP/1.1 199 x\r\n\r\n", want: "[199 {}] 200"},
	{name: "LF alone", in: "HTTP/1.1 100 Continue\n\n", want: "[100 {}] 200"},
	{name: "folded field", in: "HTTP/1.1 103 x\r\nA: b\r\n\tc\r\n\r\n", want: "[103 {A: b   c}] 200"},
	{name: "a length does not count, but is doubtful", in: "HTTP/1.1 100 x\r\nContent-Length: 20\r\n\r\n", want: "[100 {}] 200", reuse: wire.CloseDoubt},
	{name: "a length of zero does no harm", in: "HTTP/1.1 100 x\r\nContent-Length: 0\r\n\r\n", want: "[100 {}] 200"},
	{name: "nor does keep-alive", in: "HTTP/1.1 100 x\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n", want: "[100 {}] 200"},
	{name: "nor does a bad one", in: "HTTP/1.1 100 x\r\nContent-Length: x\r\nContent-Length: 5\r\n 6\r\n\r\n", want: "[100 {}] 200", reuse: wire.CloseDoubt},
	{name: "nor does a coding", in: "HTTP/1.1 100 x\r\nTransfer-Encoding: gzip\r\n\r\n", want: "[100 {}] 200", reuse: wire.CloseDoubt},
	{name: "101", in: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n", err: wire.ErrUpgrade},
	{name: "101 after 100", in: "HTTP/1.1 100 x\r\n\r\nHTTP/1.1 101 x\r\n\r\n", err: wire.ErrUpgrade},
	{name: "a bad field in it", in: "HTTP/1.1 103 x\r\nA b\r\n\r\n", err: wire.ErrBadField},
	{name: "a body where none may be", in: "HTTP/1.1 100 x\r\nContent-Length: 5\r\n\r\nhello", err: wire.ErrBadStatusLine},
}

func testInformational(t *testing.T) {
	for _, tt := range informationals {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			final := "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
			got := replay(t, exchange{in: tt.in + final})
			is.Equal(got.err, tt.err) // a 1xx is no error, an upgrade is
			if tt.err == nil {
				is.Equal(fmt.Sprint(fieldless(got), " ", got.status), tt.want) // 1xx are skipped and never final
				is.Equal(got.body, "hi")                                       // the body is that of the final one
				is.Equal(got.reuse, tt.reuse)                                  // a framing field makes what follows doubtful
			}
		})
	}
}

// fieldless is the informational part of r without the framing fields.
func fieldless(r result) []string {
	for i, s := range r.informational {
		if len(s) > 4 && s[:3] == "100" {
			r.informational[i] = "100 {}"
		}
	}
	return r.informational
}

// What follows a 2xx to CONNECT is the tunnel, whatever the head says (RFC 9110, 9.3.6).
func TestConnectTunnel(t *testing.T) {
	for name, head := range map[string]string{
		"200":                "HTTP/1.1 200 Connection established\r\n\r\n",
		"204":                "HTTP/1.1 204 x\r\n\r\n",
		"HTTP/1.0":           "HTTP/1.0 200 x\r\nProxy-Agent: x\r\n\r\n",
		"after 1xx":          "HTTP/1.1 100 x\r\n\r\nHTTP/1.1 200 x\r\n\r\n",
		"length":             "HTTP/1.1 299 x\r\nContent-Length: 2\r\n\r\n",
		"length of zero":     "HTTP/1.1 200 x\r\nContent-Length: 0\r\n\r\n",
		"chunked":            "HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n",
		"unknown coding":     "HTTP/1.1 200 x\r\nTransfer-Encoding: gzip\r\n\r\n",
		"length and coding":  "HTTP/1.1 200 x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n",
		"bad length, folded": "HTTP/1.1 200 x\r\nContent-Length: 1\r\n x\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			got := replay(t, exchange{method: "CONNECT", in: head + "hello", eof: true})
			is.NoErr(got.err)
			is.Equal(got.body, "hello")             // all that follows the head, and not a byte of it
			is.Equal(got.framing, wire.UntilClose)  // until the connection ends
			is.Equal(got.length, int64(-1))         // a length means nothing
			is.Equal(got.reuse, wire.CloseUnframed) // and there is no other request on it
		})
	}
}

func TestConnect(t *testing.T) {
	refuses(t, []row{
		{name: "101", in: "HTTP/1.1 101 x\r\n\r\n", err: wire.ErrUpgrade},
		{name: "a bad field", in: "HTTP/1.1 200 x\r\nA b\r\n\r\n", err: wire.ErrBadField},
		{name: "407 has a body as any other", in: "HTTP/1.1 407 x\r\nContent-Length: 5\r\n\r\nhello"},
	}, func(in string) exchange { return exchange{method: "CONNECT", in: in} })
}
