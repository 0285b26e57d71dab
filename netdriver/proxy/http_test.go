package proxy_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/proxy"
)

// testConnectOpens: what opens a tunnel, and what is then read from it first.
func testConnectOpens(t *testing.T) {
	for name, tt := range map[string]struct{ answer, first string }{
		"200":                    {established, ""},
		"another 2xx":            {"HTTP/1.1 299 x\r\n\r\n", ""},
		"HTTP/1.0":               {"HTTP/1.0 200 x\r\nProxy-Agent: x\r\n\r\n", ""},
		"no reason":              {"HTTP/1.1 200\r\n\r\n", ""},
		"1xx first":              {"HTTP/1.1 100 x\r\n\r\nHTTP/1.1 103 x\r\nA: b\r\n\r\n" + established, ""},
		"a length":               {"HTTP/1.1 200 x\r\nContent-Length: 5\r\n\r\n", ""},
		"a coding":               {"HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n", ""},
		"close":                  {"HTTP/1.1 200 x\r\nConnection: close\r\n\r\n", ""},
		"a body":                 {"HTTP/1.1 200 x\r\nContent-Length: 5\r\n\r\nhello", "hello"},
		"a coded body":           {"HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "0\r\n\r\n"},
		"bytes":                  {established + "hello", "hello"},
		"more than one read":     {established + strings.Repeat("x", 3000), strings.Repeat("x", 3000)},
		"a 407 inside":           {established + challenge, challenge},
		"a long head":            {"HTTP/1.1 200 x\r\nA: " + strings.Repeat("x", 16000) + "\r\n\r\n", ""},
		"a 407 after a 200 line": {"HTTP/1.1 200 x\r\nProxy-Authenticate: Basic\r\n\r\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			p := play(t, dialogue{{connect(), tt.answer}})
			c, err := dial(t, httpTo(t, p, withLogin()))
			is.NoErr(err)
			_, same := c.(*memnet.Conn)
			if tt.first == "" {
				is.True(same) // the connection of the driver below, with all that it can do
			}
			is.Equal(reads(t, c, len(tt.first)), tt.first) // what came with the answer belongs to the tunnel
			is.Equal(echoes(t, c, "over"), "over")         // and the tunnel goes on behind it
			is.Equal(p.all(), connect()+"over")            // nobody asked for the credentials
			is.NoErr(c.(netdriver.Checker).Check())        // it is silent now
		})
	}
}

// testConnectRefused: what does not open a tunnel.
func testConnectRefused(t *testing.T) {
	long := strings.Repeat("0123456789abcdef", 1<<8)
	for name, tt := range map[string]struct {
		answer    string
		reason    error
		status    int
		page      string
		permanent bool
		text      string
	}{
		"forbidden":       {"HTTP/1.1 403 x\r\nContent-Length: 5\r\n\r\nsorry", proxy.ErrRefused, 403, "sorry", true, "status 403, its rules do not allow it"},
		"no way":          {"HTTP/1.1 503 x\r\nContent-Length: 4\r\n\r\npage", proxy.ErrRefused, 503, "page", false, "status 503, it cannot reach the server"},
		"chunked":         {"HTTP/1.1 502 x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\nA: b\r\n\r\n", proxy.ErrRefused, 502, "abc", false, "502"},
		"no page":         {"HTTP/1.1 501 x\r\nContent-Length: 0\r\n\r\n", proxy.ErrRefused, 501, "", true, "it opens no tunnels"},
		"overloaded":      {"HTTP/1.1 429 x\r\nContent-Length: 0\r\n\r\n", proxy.ErrRefused, 429, "", false, "status 429"},
		"a portal":        {"HTTP/1.1 302 x\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n", proxy.ErrRefused, 302, "", true, "status 302"},
		"a long page":     {"HTTP/1.1 403 x\r\nContent-Length: 4097\r\n\r\n" + long + "x", proxy.ErrRefused, 403, long, true, "403"},
		"an endless page": {"HTTP/1.1 403 x\r\nContent-Length: 9999999\r\n\r\n" + long + long, proxy.ErrRefused, 403, long, true, "403"},
		"a bad page":      {"HTTP/1.1 403 x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\nx", proxy.ErrRefused, 403, "a", true, "403"},
		"101":             {"HTTP/1.1 101 x\r\n\r\n", proxy.ErrProtocol, 0, "", true, "another protocol"},
		"garbage":         {"SSH-2.0-x\r\n", proxy.ErrProtocol, 0, "", true, "status line"},
		"TLS":             {"\x15\x03\x01\x00\x02\x02\x46", proxy.ErrProtocol, 0, "", true, "status line"},
		"HTTP/2":          {"HTTP/2.0 200 x\r\n\r\n", proxy.ErrProtocol, 0, "", true, "HTTP/1"},
		"a bad field":     {"HTTP/1.1 200 x\r\nA b\r\n\r\n", proxy.ErrProtocol, 0, "", true, "field line"},
		"both framings":   {"HTTP/1.1 403 x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", proxy.ErrProtocol, 0, "", true, "Transfer-Encoding"},
		"an endless head": {"HTTP/1.1 200 x\r\nA: " + strings.Repeat("x", 17000), proxy.ErrProtocol, 0, "", true, "HeadBytes"},
		"endless 1xx":     {strings.Repeat("HTTP/1.1 100 x\r\n\r\n", 9), proxy.ErrProtocol, 0, "", true, "1xx"},
		"closed":          {hangUp, io.ErrUnexpectedEOF, 0, "", false, "closed the connection"},
		"wants a login":   {challenge, proxy.ErrNoCredentials, 407, "login", true, "set those of Options"},
		"wants Digest":    {"HTTP/1.1 407 x\r\nProxy-Authenticate: Digest realm=\"a, Basic b\", nonce=\"x\"\r\nContent-Length: 0\r\n\r\n", proxy.ErrScheme, 407, "", true, "not supported"},
		"wants nothing":   {"HTTP/1.1 407 x\r\nContent-Length: 0\r\n\r\n", proxy.ErrScheme, 407, "", true, "not supported"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			p := play(t, dialogue{{connect(), tt.answer}})
			c, err := dial(t, httpTo(t, p, nil))
			is.Equal(c, nil)
			var e *proxy.Error
			is.True(errors.As(err, &e))
			is.True(errors.Is(err, tt.reason))              // what went wrong can be asked for
			is.Equal(e.Status, tt.status)                   //
			is.Equal(string(e.Page), tt.page)               // what the proxy says of it
			is.Equal(e.Permanent(), tt.permanent)           // whether to try again
			is.Equal(e.Answered(), tt.status == 403)        // whether it is the address alone
			is.Equal(e.Proxy, at)                           // who
			is.Equal(e.Address, "origin.test:443")          // about what
			is.True(strings.Contains(err.Error(), tt.text)) // in words
			is.True(!errors.Is(err, io.EOF))                // never a good end
			is.Equal(p.Open(), 0)                           // nothing is left open
		})
	}
}

// testConnectAsksForLogin: the credentials are sent in answer to a 407, and remembered.
func testConnectAsksForLogin(t *testing.T) {
	asked := connect(authorization)
	for name, tt := range map[string]struct {
		dialogues []dialogue
		reason    error
	}{
		"the connection is kept":     {[]dialogue{{{connect(), challenge}, {asked, established}}, {{asked, established}}}, nil},
		"it is closed":               {[]dialogue{{{connect(), closing}}, {{asked, established}}, {{asked, established}}}, nil},
		"HTTP/1.0":                   {[]dialogue{{{connect(), "HTTP/1.0 407 x\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n"}}, {{asked, established}}, {{asked, established}}}, nil},
		"it is closed all the same":  {[]dialogue{{{connect(), challenge}, {asked, hangUp}}, {{asked, established}}, {{asked, established}}}, nil},
		"at once":                    {[]dialogue{{{connect(), challenge}, {"", hangUp}}, {{asked, established}}, {{asked, established}}}, nil},
		"bytes after the page":       {[]dialogue{{{connect(), challenge + "x"}}, {{asked, established}}, {{asked, established}}}, nil},
		"a long page":                {[]dialogue{{{connect(), "HTTP/1.1 407 x\r\nProxy-Authenticate: Basic\r\nContent-Length: 5000\r\n\r\n"}}, {{asked, established}}, {{asked, established}}}, nil},
		"one of several":             {[]dialogue{{{connect(), "HTTP/1.1 407 x\r\nProxy-Authenticate: Negotiate, basic  realm=x, NTLM\r\nContent-Length: 0\r\n\r\n"}, {asked, established}}, {{asked, established}}}, nil},
		"a field of its own":         {[]dialogue{{{connect(), "HTTP/1.1 407 x\r\nProxy-Authenticate: NTLM\r\nProxy-Authenticate: Basic\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"}, {asked, established}}, {{asked, established}}}, nil},
		"a length after a 1xx":       {[]dialogue{{{connect(), "HTTP/1.1 100 x\r\nContent-Length: 5\r\n\r\n" + challenge}}, {{asked, established}}, {{asked, established}}}, nil},
		"an answer nobody asked for": {[]dialogue{{{connect(), challenge + established}}, {{asked, established}}, {{asked, established}}}, nil},
		"wants Digest":               {[]dialogue{{{connect(), "HTTP/1.1 407 x\r\nProxy-Authenticate: Digest realm=\"a\\\", Basic b\", basic = 1\r\nContent-Length: 0\r\n\r\n"}}}, proxy.ErrScheme},
		"refused":                    {[]dialogue{{{connect(), challenge}, {asked, challenge}}}, proxy.ErrCredentials},
		"refused by a 401":           {[]dialogue{{{connect(), challenge}, {asked, "HTTP/1.0 401 x\r\nWWW-Authenticate: Basic\r\n\r\n"}}}, proxy.ErrCredentials},
		"refused, closed":            {[]dialogue{{{connect(), closing}}, {{asked, closing}}}, proxy.ErrCredentials},
		"forbidden":                  {[]dialogue{{{connect(), challenge}, {asked, "HTTP/1.1 403 x\r\nContent-Length: 0\r\n\r\n"}}}, proxy.ErrRefused},
		"garbage":                    {[]dialogue{{{connect(), challenge}, {asked, "garbage"}}}, proxy.ErrProtocol},
		"closed again":               {[]dialogue{{{connect(), closing}}, {{asked, hangUp}}}, io.ErrUnexpectedEOF},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // where no page comes, a refusal waits a second for it
			is := is.New(t)
			p := play(t, tt.dialogues...)
			d := httpTo(t, p, withLogin())
			c, err := dial(t, d)
			if tt.reason != nil {
				is.True(errors.Is(err, tt.reason))
				is.True(!leaks(err.Error())) // no credentials
				is.Equal(p.Open(), 0)
				is.Equal(p.Dials(), len(tt.dialogues)) // it is not tried for ever
				return
			}
			is.NoErr(err)
			is.Equal(echoes(t, c, "over"), "over")
			c, err = dial(t, d) // sends them at once
			is.NoErr(err)
			is.Equal(echoes(t, c, "over"), "over")
			is.Equal(p.Dials(), len(tt.dialogues))
		})
	}
}

// leaks reports whether text contains a part of the credentials.
func leaks(text string) bool {
	return strings.Contains(text, password) || strings.Contains(text, encoded) || strings.Contains(text, user)
}

// TestRefusalWithoutItsPage: a page that does not come delays the refusal for a second.
func TestRefusalWithoutItsPage(t *testing.T) {
	long := strings.Repeat("x", 4097)
	for name, tt := range map[string]struct {
		head, page string
		wait       time.Duration
	}{
		"length":      {"HTTP/1.1 403 x\r\nContent-Length: 5\r\n\r\nab", "ab", time.Second},
		"until close": {"HTTP/1.1 403 x\r\n\r\nab", "ab", time.Second},
		"long enough": {"HTTP/1.1 403 x\r\n\r\n" + long, long[:4096], 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				p := play(t, dialogue{{connect(), tt.head}})
				began := time.Now()
				_, err := dial(t, httpTo(t, p, nil))
				var e *proxy.Error
				is.True(errors.As(err, &e))
				is.Equal(e.Status, 403)
				is.Equal(string(e.Page), tt.page)
				is.Equal(time.Since(began), tt.wait)
			})
		})
	}
}

// TestChallengeWithoutItsPage: nor does one that is to be answered hang for ever. The page
// of a connection that will be closed is not waited for at all.
func TestChallengeWithoutItsPage(t *testing.T) {
	for head, wait := range map[string]time.Duration{"Content-Length: 5": time.Second, "A: b": 0, "Connection: close\r\nContent-Length: 5": 0} {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			head := "HTTP/1.1 407 x\r\nProxy-Authenticate: Basic\r\n" + head + "\r\n\r\n"
			p := play(t, dialogue{{connect(), head}}, dialogue{{connect(authorization), established}})
			began := time.Now()
			c, err := dial(t, httpTo(t, p, withLogin()))
			is.NoErr(err)
			is.Equal(time.Since(began), wait)
			time.Sleep(time.Hour)
			is.Equal(echoes(t, c, "over"), "over") // no deadline is left on the connection
		})
	}
}
