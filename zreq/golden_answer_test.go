package zreq_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/zreq-go/zreq/zreq"
)

// faultScenarios are networks that fail, in each phase of a call.
func faultScenarios() []scenario {
	limits := zreq.Timeouts{
		Dial: 3 * time.Second, TLS: 5 * time.Second, Write: 8 * time.Second, Head: 7 * time.Second, Body: 9 * time.Second,
	}
	get := func(g *golden) { g.get("/x", &zreq.Args{Timeouts: limits}) }
	chunked := func(g *golden) {
		g.get("/x", &zreq.Args{Timeouts: limits, StreamCallback: func([]byte) error { return nil }, StreamChunk: 2})
	}
	within := func(g *golden) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		g.doWithin(ctx, "GET", "/x", nil)
	}
	silent := []step{rests(time.Hour)}
	half := []step{hears(), tells("HTTP/1.1 200 OK\r\nConte")}
	body := []step{hears(), tells("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n0123")}
	chunk := []step{hears(), tells("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n0123")}
	name := func(phase, fault string, script []step, play func(g *golden)) scenario {
		return scenario{name: phase + "-" + fault, conns: [][]step{script}, play: play}
	}
	all := []scenario{
		name("dial", "refused", []step{refuse()}, get),
		name("dial", "silent", []step{vanish()}, get),
		name("dial", "context", []step{vanish()}, within),
		name("dial", "no-tls", nil, func(g *golden) {
			_, err := zreq.Get(context.Background(), "https://device.test/", &zreq.Args{Driver: g})
			g.result("call", err)
		}),
		name("tls", "silent", nil, get),
		name("tls", "context", nil, within),
		name("tls", "cut", []step{drops()}, get),
		name("tls", "reset", []step{breaks()}, get),
		name("head", "cut", []step{hears(), drops()}, get),
		name("head", "shut", []step{hears(), shuts()}, get),
		name("head", "reset", []step{hears(), breaks()}, get),
		name("head", "silent", []step{hears()}, get),
		name("head", "context", []step{hears()}, within),
		name("head-half", "cut", then(half, []step{drops()}), get),
		name("head-half", "reset", then(half, []step{breaks()}), get),
		name("head-half", "silent", half, get),
		name("body-length", "cut", then(body, []step{drops()}), chunked),
		name("body-length", "shut", then(body, []step{shuts()}), get),
		name("body-length", "reset", then(body, []step{breaks()}), get),
		name("body-length", "silent", body, chunked),
		name("body-length", "context", body, within),
		name("body-chunked", "cut", then(chunk, []step{drops()}), chunked),
		name("body-chunked", "silent", chunk, get),
		name("body-close", "cut", []step{hears(), tells(byClose("0123")), drops()}, get),
		name("body-close", "reset", []step{hears(), tells(byClose("0123")), breaks()}, get),
	}
	for i := range all {
		if strings.HasPrefix(all[i].name, "tls-") || all[i].name == "dial-no-tls" {
			all[i].only = map[bool]string{true: "TLS", false: "plain"}[all[i].name != "dial-no-tls"]
		}
	}
	slow := then([]step{hears()}, []step{tells(byLength(numbered(60))[:40])}, silent)
	drips := []step{hears(), tells("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")}
	for range 8 {
		drips = append(drips, rests(time.Second), tells("0123"))
	}
	return append(all,
		scenario{name: "stream-silent", conns: [][]step{slow}, play: func(g *golden) {
			g.stream("/x", &zreq.Args{Timeouts: limits}, func(r *zreq.Response) error {
				time.Sleep(time.Minute) // which counts against no limit
				_, err := r.ReadN(60)
				return err
			})
		}},
		scenario{name: "body-drips", conns: [][]step{drips}, play: func(g *golden) {
			g.get("/x", &zreq.Args{Timeouts: zreq.Timeouts{Body: 2 * time.Second, LowSpeed: zreq.LowSpeed{Bytes: 30, In: 4 * time.Second}}})
		}},
		scenario{name: "context-over", play: func(g *golden) {
			ctx, cancel := context.WithCancelCause(context.Background())
			cancel(errors.New("enough"))
			g.doWithin(ctx, "GET", "/x", nil)
		}},
		scenario{name: "no-limits", conns: [][]step{turn(ok)}, play: func(g *golden) {
			g.get("/x", &zreq.Args{Timeouts: zreq.Timeouts{Dial: -1, TLS: -1, Write: -1, Expect: -1, Head: -1, Body: -1}})
		}},
	)
}

// refusalScenarios are answers that break a rule or a limit.
func refusalScenarios() (all []scenario) {
	limits := zreq.Limits{HeadBytes: 120, Fields: 3, Informational: 2, ChunkLine: 20, TrailerBytes: 30, Content: 8, Body: 12}
	fields := func(n int) (s string) {
		for i := range n {
			s += "X-" + strconv.Itoa(i) + ": y\r\n"
		}
		return s
	}
	const head, chunked = "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	for _, answer := range []struct{ name, text string }{
		{"status-line", "HTTP/1.1 2x0 OK\r\n\r\n"},
		{"version", "HTTP/2.0 200 OK\r\n\r\n"},
		{"101", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n"},
		{"two-lengths", head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"},
		{"length-and-chunked", head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
		{"coding", head + "Transfer-Encoding: gzip\r\n\r\n"},
		{"field-name", head + "X : y\r\n\r\n"},
		{"chunk-size", chunked + "+1\r\na\r\n0\r\n\r\n"},
		{"chunk-end", chunked + "1\r\nab\r\n0\r\n\r\n"},
		{"head-bytes", head + "X: " + strings.Repeat("y", 200) + "\r\n\r\n"},
		{"fields", head + fields(4) + "\r\n"},
		{"informational", strings.Repeat("HTTP/1.1 102 Wait\r\n\r\n", 3) + ok},
		{"chunk-line", chunked + "1;" + strings.Repeat("x", 40) + "\r\na\r\n0\r\n\r\n"},
		{"trailer-bytes", chunked + "1\r\na\r\n0\r\nX: " + strings.Repeat("y", 40) + "\r\n\r\n"},
		{"content", head + "Content-Length: 10\r\n\r\n0123456789"},
		{"content-chunked", chunked + "a\r\n0123456789\r\n0\r\n\r\n"},
		{"encoded", head + "Content-Encoding: br\r\nContent-Length: 2\r\n\r\nxy"},
	} {
		all = append(all, scenario{name: "refused-" + answer.name, conns: [][]step{turn(answer.text)}, play: func(g *golden) {
			g.get("/x", &zreq.Args{Limits: limits, Headers: asks()})
		}})
	}
	taken := func([]byte) error { return nil }
	for _, answer := range []struct {
		name, text string
		args       zreq.Args
	}{
		{"404", "HTTP/1.1 404 No\r\nContent-Length: 4\r\n\r\npage", zreq.Args{}},
		{"any-status", "HTTP/1.1 404 No\r\nContent-Length: 4\r\n\r\npage", zreq.Args{StreamAnyStatus: true}},
		{"206", "HTTP/1.1 206 Part\r\nContent-Range: bytes 4-7/8\r\nContent-Length: 4\r\n\r\n4567", zreq.Args{Headers: zreq.Headers{{"Range", "bytes=4-"}}}},
		{"206-elsewhere", "HTTP/1.1 206 Part\r\nContent-Range: bytes 0-3/8\r\nContent-Length: 4\r\n\r\n0123", zreq.Args{Headers: zreq.Headers{{"Range", "bytes=4-"}}}},
		{"full", ok, zreq.Args{Headers: zreq.Headers{{"Range", "bytes=4-"}}}},
		{"body-limit", chunked + "e\r\n0123456789abcd\r\n0\r\n\r\n", zreq.Args{Limits: limits}},
		{"gzip", head + "Content-Encoding: br\r\nContent-Length: 2\r\n\r\nxy", zreq.Args{}},
	} {
		all = append(all, scenario{name: "callback-" + answer.name, conns: [][]step{turn(answer.text)}, play: func(g *golden) {
			answer.args.StreamCallback, answer.args.StreamChunk = taken, 4
			answer.args.Headers = append(answer.args.Headers, asks()...)
			g.get("/x", &answer.args)
		}})
	}
	return append(all,
		scenario{name: "request-too-large", play: func(g *golden) {
			g.get("/x", &zreq.Args{Limits: zreq.Limits{RequestBytes: 100}, Headers: zreq.Headers{{"X", strings.Repeat("y", 100)}}})
		}},
		scenario{name: "request-bad-url", play: func(g *golden) { g.get("//device.test:port/x", nil) }},
	)
}

// hookScenarios end a call by a function of the caller's.
func hookScenarios() []scenario {
	answer := turn("HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 10\r\n\r\n0123", "456", "789")
	refusal := errors.New("unwanted")
	head := func(err error) func(*zreq.Response) error { return func(*zreq.Response) error { return err } }
	third := func(end func() error) func([]byte) error {
		calls := 0
		return func([]byte) error {
			if calls++; calls < 3 {
				return nil
			}
			return end()
		}
	}
	hook := func(name string, args func() zreq.Args) scenario {
		return scenario{name: name, conns: [][]step{answer}, play: func(g *golden) {
			a := args()
			a.Headers, a.StreamChunk = asks(), 3
			g.get("/x", &a)
		}}
	}
	return []scenario{
		hook("onhead-error", func() zreq.Args { return zreq.Args{OnHead: head(refusal)} }),
		hook("onhead-stop", func() zreq.Args { return zreq.Args{OnHead: head(zreq.ErrStop)} }),
		hook("onhead-drophead", func() zreq.Args { return zreq.Args{OnHead: head(nil), DropHead: true} }),
		hook("callback-error", func() zreq.Args { return zreq.Args{StreamCallback: third(func() error { return refusal })} }),
		hook("callback-stop", func() zreq.Args { return zreq.Args{StreamCallback: third(func() error { return zreq.ErrStop })} }),
		hook("callback-panic", func() zreq.Args { return zreq.Args{StreamCallback: third(func() error { panic("ouch") })} }),
		hook("callback-slow", func() zreq.Args {
			return zreq.Args{StreamCallback: func([]byte) error { time.Sleep(time.Minute); return nil }}
		}),
		{name: "session-panic", conns: [][]step{answer, turn(ok)}, play: func(g *golden) {
			g.share(&zreq.Session{})
			g.get("/x", &zreq.Args{StreamCallback: func([]byte) error { panic("ouch") }, StreamChunk: 3})
			g.get("/y", nil)
		}},
		{name: "writer-error", conns: [][]step{answer}, play: func(g *golden) {
			g.stream("/x", nil, func(r *zreq.Response) error {
				_, err := r.WriteTo(brokenWriter{refusal})
				return err
			})
		}},
	}
}

type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }

// messageScenarios are answers without a body, with 1xx before them, and the like.
func messageScenarios() []scenario {
	message := func(name, method, answer string) scenario {
		return scenario{name: name, conns: [][]step{turn(answer)}, play: func(g *golden) {
			g.do(method, "/x", &zreq.Args{Headers: asks(), StreamCallback: func([]byte) error { return nil }, StreamAnyStatus: true})
		}}
	}
	return []scenario{
		message("head", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"),
		message("head-chunked", "HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
		message("204", "DELETE", "HTTP/1.1 204 None\r\n\r\n"),
		message("204-with-length", "DELETE", "HTTP/1.1 204 None\r\nContent-Length: 3\r\n\r\n"),
		message("304", "GET", "HTTP/1.1 304 Same\r\nContent-Length: 10\r\nETag: \"a\"\r\n\r\n"),
		message("early-hints", "GET", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nLink: </b>\r\n\r\n"+ok),
		message("folded", "GET", "HTTP/1.1 200\nX: a\r\n  b\nContent-Length: 2\n\nok"),
		message("trailers", "GET", byChunks("0123456789")),
		message("empty", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
		message("empty-chunked", "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
		{name: "default-agent", conns: [][]step{turn(ok)}, play: func(g *golden) {
			resp, err := zreq.Get(context.Background(), g.url("/x?a#b"), &zreq.Args{Driver: g, TLS: g.secure, Headers: zreq.Headers{{"User-Agent", "mine"}, {"Host", "h"}}})
			g.result("call", err)
			g.content(resp)
		}},
		{name: "long-head", conns: [][]step{turn("HTTP/1.1 200 OK\r\nX: "+strings.Repeat("y", 6000)+"\r\nContent-Length: 2\r\n\r\n", "ok")}, play: func(g *golden) {
			resp := g.get("/x", &zreq.Args{Headers: zreq.Headers{{"X", strings.Repeat("z", 9000)}}})
			g.log("X has %d bytes", len(resp.Header("X")))
		}},
	}
}

func leads(status, location string) string {
	return "HTTP/1.1 " + status + "\r\nLocation: " + location + "\r\nContent-Length: 5\r\n\r\nmoved"
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
