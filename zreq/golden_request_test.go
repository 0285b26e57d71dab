package zreq_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing/iotest"
	"time"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/zreq"
)

func leads(status, location string) string {
	return "HTTP/1.1 " + status + "\r\nLocation: " + location + "\r\nContent-Length: 5\r\n\r\nmoved"
}

// goldenPipe is a body that does not know its size, and cannot be sent twice.
func goldenPipe(s string) io.Reader { return struct{ io.Reader }{strings.NewReader(s)} }

// A goldenClaim is a body that says a size of its own.
type goldenClaim struct {
	io.Reader
	size int64
}

func (c goldenClaim) Size() int64 { return c.size }

// A goldenTrickle is a body that takes its time over each byte.
type goldenTrickle struct{ r io.Reader }

func (t goldenTrickle) Read(p []byte) (int, error) {
	time.Sleep(700 * time.Millisecond)
	return t.r.Read(p[:1])
}

// redirectScenarios follow a Location.
func redirectScenarios() []scenario {
	secrets := func() zreq.Args {
		return zreq.Args{
			Headers: zreq.Headers{{"Cookie", "c"}, {"X-Key", "k"}, {"X-Other", "o"}}, OriginOnly: []string{"X-Key"}, Auth: zreq.Bearer("token"),
		}
	}
	hop := func(method string, args func() zreq.Args) func(g *golden) {
		return func(g *golden) {
			a := args()
			a.OnRedirect = func(r *zreq.Response, url string) error {
				g.log("OnRedirect %s to %s", described(r), url)
				return nil
			}
			g.do(method, "/x", &a)
		}
	}
	nothing := func() zreq.Args { return zreq.Args{} }
	text := func() zreq.Args { return zreq.Args{Body: strings.NewReader("text"), Headers: asks()} }
	posted := []step{hears(), hearsTo("text")}
	return []scenario{
		{name: "redirect-same", conns: [][]step{then(turn(leads("302 Found", "/y")), turn(ok))}, play: hop("GET", func() zreq.Args { return zreq.Args{Headers: asks()} })},
		{name: "redirect-other", conns: [][]step{turn(leads("301 Moved", "//device.test:81/y")), turn(ok)}, play: hop("GET", secrets)},
		{name: "redirect-back", conns: [][]step{turn(leads("301 Moved", "//device.test:81/y")), turn(leads("301 Moved", "//device.test/z")), turn(ok)}, play: hop("GET", secrets)},
		{name: "redirect-303", conns: [][]step{then(posted, []step{tells(leads("303 See Other", "y"))}, turn(ok))}, play: hop("POST", text)},
		{name: "redirect-307", conns: [][]step{then(posted, []step{tells(leads("307 Again", "y"))}, posted, []step{tells(ok)})}, play: hop("POST", text)},
		{
			name: "redirect-307-once", conns: [][]step{{hears(), hearsTo("0\r\n\r\n"), tells(leads("307 Again", "y"))}},
			play: hop("POST", func() zreq.Args { return zreq.Args{Body: goldenPipe("text")} }),
		},
		{
			name: "redirect-loop", conns: [][]step{then(turn(leads("302 Found", "x")), turn(leads("302 Found", "x")), turn(leads("302 Found", "x")))},
			play: hop("GET", func() zreq.Args { return zreq.Args{MaxRedirects: 2, Headers: asks()} }),
		},
		{name: "redirect-off", conns: [][]step{turn(leads("302 Found", "/y"))}, play: hop("GET", func() zreq.Args { return zreq.Args{MaxRedirects: -1} })},
		{name: "redirect-bad", conns: [][]step{turn(leads("302 Found", "ftp://a/"))}, play: hop("GET", nothing)},
		{name: "redirect-downgrade", only: "TLS", conns: [][]step{turn(leads("302 Found", "http://device.test/"))}, play: hop("GET", nothing)},
		{
			name: "redirect-drophead", conns: [][]step{then(turn(leads("302 Found", "/y")), turn(ok))},
			play: hop("GET", func() zreq.Args { return zreq.Args{DropHead: true, Headers: asks()} }),
		},
		{name: "redirect-stopped", conns: [][]step{turn(leads("302 Found", "/y"))}, play: func(g *golden) {
			g.get("/x", &zreq.Args{OnRedirect: func(*zreq.Response, string) error { return zreq.ErrStop }})
		}},
		{name: "redirect-kept", conns: [][]step{then(turn(ok), turn(leads("302 Found", "//device.test:81/y"))), turn(ok)}, play: func(g *golden) {
			g.twice(zreq.Args{})
		}},
		{name: "redirect-session", conns: [][]step{then(turn(leads("302 Found", "//device.test:81/y")), turn(ok)), turn(ok)}, play: func(g *golden) {
			g.share(&zreq.Session{})
			g.get("/x", nil)
			g.get("/z", nil)
		}},
	}
}

// A goldenAuth answers a challenge once.
type goldenAuth struct{ g *golden }

func (a goldenAuth) Authorize(r zreq.AuthRequest) (string, error) {
	a.g.log("Authorize %s %s %s, body %t, refused %t, sent %q", r.Method, r.Origin, r.Target, r.Body != nil, r.Refused != nil, r.Sent)
	if r.Refused == nil || r.Sent != "" {
		return r.Sent, nil
	}
	return "Test answer to " + r.Refused.Header("WWW-Authenticate"), nil
}

// authScenarios send credentials.
func authScenarios() []scenario {
	challenge := "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Test riddle\r\nContent-Length: 2\r\n\r\nno"
	return []scenario{
		{name: "auth-userinfo", conns: [][]step{turn(ok)}, play: func(g *golden) { g.get("//user:secret@device.test/x", nil) }},
		{name: "auth-basic-refused", conns: [][]step{turn(challenge)}, play: func(g *golden) { g.get("/x", &zreq.Args{Auth: zreq.Basic("user", "secret")}) }},
		{name: "auth-challenge", conns: [][]step{then(turn(challenge), turn(ok))}, play: func(g *golden) { g.get("/x", &zreq.Args{Auth: goldenAuth{g}, Headers: asks()}) }},
		{
			name: "auth-challenge-closed", conns: [][]step{turn("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Test riddle\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"), turn(ok)},
			play: func(g *golden) { g.get("/x", &zreq.Args{Auth: goldenAuth{g}}) },
		},
		{name: "auth-challenge-twice", conns: [][]step{then(turn(challenge), turn(challenge))}, play: func(g *golden) { g.get("/x", &zreq.Args{Auth: goldenAuth{g}, Headers: asks()}) }},
		{name: "auth-challenge-body", conns: [][]step{{hears(), hearsTo("text"), tells(challenge), hears(), hearsTo("text"), tells(ok)}}, play: func(g *golden) {
			g.do("PUT", "/x", &zreq.Args{Auth: goldenAuth{g}, Body: strings.NewReader("text"), Headers: asks()})
		}},
	}
}

// expectScenarios ask before the body goes out.
func expectScenarios() []scenario {
	put := func(g *golden) {
		g.do("PUT", "/x", &zreq.Args{Body: strings.NewReader("text"), Expect100: true, Headers: asks()})
	}
	const goOn = "HTTP/1.1 100 Continue\r\n\r\n"
	return []scenario{
		{name: "expect-100", conns: [][]step{{hears(), tells(goOn), hearsTo("text"), tells(ok)}}, play: put},
		{name: "expect-100-with-answer", conns: [][]step{{hears(), tells(goOn + ok)}}, play: put},
		{name: "expect-103", conns: [][]step{{hears(), tells("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", goOn), hearsTo("text"), tells(ok)}}, play: put},
		{name: "expect-silence", conns: [][]step{{hears(), hearsTo("text"), tells(ok, "late")}}, play: put},
		{name: "expect-417", conns: [][]step{turn("HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n"), {hears(), hearsTo("text"), tells(ok)}}, play: put},
		{name: "expect-final", conns: [][]step{turn("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno")}, play: put},
		{name: "expect-cut", conns: [][]step{{hears(), drops()}}, play: put},
		{name: "expect-cut-after", conns: [][]step{{hears(), tells(goOn), drops()}}, play: put},
		{name: "expect-session", conns: [][]step{turn("HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n"), {hears(), hearsTo("text"), tells(ok), hears(), hearsTo("text"), tells(ok)}}, play: func(g *golden) {
			g.share(&zreq.Session{})
			put(g)
			put(g)
		}},
	}
}

// uploadScenarios send a body.
func uploadScenarios() []scenario {
	long := numbered(300_000)
	send := func(body func() io.Reader, t zreq.Timeouts) func(g *golden) {
		return func(g *golden) { g.do("POST", "/x", &zreq.Args{Body: body(), Timeouts: t, Headers: asks()}) }
	}
	sized := func() io.Reader { return strings.NewReader(long) }
	chunked := func() io.Reader { return goldenPipe(long[:20_000]) }
	no := "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno"
	second := zreq.Timeouts{Write: time.Second, Head: 3 * time.Second}
	trickle := send(func() io.Reader { return goldenTrickle{strings.NewReader("text")} }, second)
	return []scenario{
		{name: "upload-sized", conns: [][]step{{hears(), hearsTo(long[len(long)-20:]), tells(ok)}}, play: send(sized, zreq.Timeouts{})},
		{name: "upload-chunked", conns: [][]step{{hears(), hearsTo("\r\n0\r\n\r\n"), tells(ok)}}, play: send(chunked, zreq.Timeouts{})},
		{name: "upload-empty", conns: [][]step{turn(ok)}, play: send(func() io.Reader { return strings.NewReader("") }, zreq.Timeouts{})},
		{name: "upload-form", conns: [][]step{{hears(), hearsTo("c=+"), tells(ok)}}, play: func(g *golden) {
			g.do("POST", "/x", &zreq.Args{Params: form.Values{{"q", "a b"}}, Data: form.Values{{"a", "b"}, {"c", " "}}})
		}},
		{name: "upload-json", conns: [][]step{{hears(), hearsTo("}"), tells(ok)}}, play: func(g *golden) {
			g.do("POST", "/x", &zreq.Args{JSON: form.JSON(map[string]int{"a": 1})})
		}},
		{name: "upload-files", conns: [][]step{{hears(), hearsTo("--border--\r\n"), tells(ok)}}, play: func(g *golden) {
			files := form.Files(form.File{Field: "log", Name: "boot.log", Content: strings.NewReader("booted")})
			if err := files.SetBoundary("border"); err != nil {
				g.t.Error(err)
			}
			g.do("POST", "/x", &zreq.Args{Data: form.Values{{"a", "b"}}, Files: files})
		}},
		{name: "upload-sender", conns: [][]step{{hears(), hearsTo(long[24_980:25_000]), tells(ok)}}, play: func(g *golden) {
			send(func() io.Reader { return goldenFile{goldenWriter{g}, bytes.NewReader([]byte(long[:25_000]))} }, zreq.Timeouts{})(g)
		}},
		{name: "upload-slow", conns: [][]step{{hears(), rests(3 * time.Second), hearsTo(long[len(long)-20:]), tells(ok)}}, play: send(sized, zreq.Timeouts{Write: 10 * time.Second})},
		{name: "upload-answered", conns: [][]step{turn(no)}, play: send(sized, second)},
		{name: "upload-answered-closed", conns: [][]step{then(turn(no), []step{shuts()})}, play: send(sized, second)},
		{name: "upload-answered-meanwhile", conns: [][]step{{hears(), rests(time.Second), tells(ok), hearsAll()}}, play: trickle},
		{name: "upload-cut-meanwhile", conns: [][]step{{hears(), rests(time.Second), drops()}}, play: trickle},
		{name: "upload-half-answered", conns: [][]step{{hears(), rests(time.Second), tells("HTTP/1.1 4"), drops()}}, play: trickle},
		{name: "upload-informed", conns: [][]step{{hears(), rests(time.Second), tells("HTTP/1.1 102 Wait\r\n\r\n"), hearsTo("\r\n0\r\n\r\n"), tells(ok)}}, play: trickle},
		{name: "upload-trickle", conns: [][]step{{hears(), hearsTo("\r\n0\r\n\r\n"), tells(ok)}}, play: trickle},
		{name: "upload-stalled", conns: [][]step{{hears()}}, play: send(sized, second)},
		{name: "upload-chip", only: "TLS", conns: [][]step{{hears(), hearsTo(long[24_980:25_000]), tells(ok), hears()}}, play: func(g *golden) {
			args := zreq.Args{Driver: goldenChip{g}, Headers: asks(), Timeouts: second}
			args.Body = strings.NewReader(long[:25_000])
			args.Connection = g.do("POST", "/x", &args).Connection
			args.Body = strings.NewReader(long)
			g.do("POST", "/stalls", &args)
		}},
		{name: "upload-reset", conns: [][]step{{hears(), rests(time.Second), breaks()}}, play: send(sized, zreq.Timeouts{})},
		{name: "upload-closed", conns: [][]step{{hears(), rests(time.Second), drops()}}, play: send(sized, zreq.Timeouts{})},
		{
			name: "upload-too-slow", conns: [][]step{{hears(), sips(4000, 700*time.Millisecond)}},
			play: send(sized, zreq.Timeouts{Write: 4 * time.Second, LowSpeed: zreq.LowSpeed{Bytes: 100_000, In: 3 * time.Second}}),
		},
		{name: "upload-too-short", conns: [][]step{{hears(), hearsAll()}}, play: send(func() io.Reader { return goldenClaim{strings.NewReader("text"), 9} }, zreq.Timeouts{})},
		{name: "upload-too-long", conns: [][]step{{hears(), hearsAll()}}, play: send(func() io.Reader { return goldenClaim{strings.NewReader("text"), 2} }, zreq.Timeouts{})},
		{name: "upload-body-fails", conns: [][]step{{hears(), hearsAll()}}, play: send(func() io.Reader {
			return io.MultiReader(strings.NewReader("text"), iotest.ErrReader(errors.New("torn")))
		}, zreq.Timeouts{})},
		{name: "upload-refuses-length", play: func(g *golden) { g.do("POST", "/x", &zreq.Args{Headers: zreq.Headers{{"Content-Length", "1"}}}) }},
	}
}
