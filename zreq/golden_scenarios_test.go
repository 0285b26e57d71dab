package zreq_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing/iotest"
	"time"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
)

const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

// goldenScenarios are all that there are.
func goldenScenarios() (all []scenario) {
	for _, scenarios := range [][]scenario{
		framingScenarios(), bodyScenarios(), keepScenarios(), sessionScenarios(), poolScenarios(), redirectScenarios(),
		authScenarios(), expectScenarios(), uploadScenarios(), faultScenarios(), refusalScenarios(), hookScenarios(),
		messageScenarios(), retryScenarios(),
	} {
		all = append(all, scenarios...)
	}
	return all
}

// framingScenarios are the framings of a body, and the ways to take it.
func framingScenarios() (all []scenario) {
	for framing, pieces := range map[string][]string{
		"length":  {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123", "456", "789"},
		"chunked": {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n0123\r\n", "6;x=y\r\n456", "789\r\n0\r\nSum: a\r\nSum: b\r\n\r\n"},
		"close":   {"HTTP/1.1 200 OK\r\nX: y\r\n\r\n0123", "456", "789"},
	} {
		for how, take := range goldenTakings {
			script := turn(pieces...)
			if framing == "close" {
				script = then(script, []step{shuts()})
			}
			all = append(all, scenario{name: framing + "-" + how, conns: [][]step{script}, play: func(g *golden) { take(g, 4, nil) }})
		}
	}
	return all
}

// goldenTakings take a body in pieces of n bytes.
var goldenTakings = map[string]func(g *golden, n int, args *zreq.Args){
	"content": func(g *golden, _ int, _ *zreq.Args) { g.get("/x", nil) },
	"callback": func(g *golden, n int, _ *zreq.Args) {
		g.get("/x", &zreq.Args{StreamCallback: func([]byte) error { return nil }, StreamChunk: n})
	},
	"unframed": func(g *golden, n int, _ *zreq.Args) {
		g.get("/x", &zreq.Args{StreamCallback: func([]byte) error { return nil }, StreamChunk: n, AllowUnframed: true, Headers: asks()})
	},
	"read": func(g *golden, n int, _ *zreq.Args) {
		g.stream("/x", nil, func(r *zreq.Response) error {
			p := make([]byte, n)
			for {
				n, err := r.Read(p)
				g.log("Read %s%s", shown(p[:n]), because(err))
				if err != nil {
					return err
				}
			}
		})
	},
	"pulled": func(g *golden, _ int, args *zreq.Args) {
		g.stream("/x", args, func(r *zreq.Response) error {
			_, err := r.Content()
			return err
		})
	},
	"readn": func(g *golden, n int, _ *zreq.Args) {
		g.stream("/x", nil, func(r *zreq.Response) error {
			p, err := r.ReadN(n)
			g.log("ReadN %s%s", shown(p), because(err))
			p, err = r.ReadN(-1)
			g.log("ReadN %s", shown(p))
			return err
		})
	},
	"writeto": func(g *golden, _ int, args *zreq.Args) {
		g.stream("/x", args, func(r *zreq.Response) error {
			n, err := r.WriteTo(goldenWriter{g})
			g.log("WriteTo %d", n)
			return err
		})
	},
	"saveto": func(g *golden, n int, _ *zreq.Args) {
		g.stream("/x", nil, func(r *zreq.Response) error {
			n, err := r.SaveTo(goldenWriter{g}, make([]byte, n))
			g.log("SaveTo %d", n)
			return err
		})
	},
	"chunks": func(g *golden, n int, args *zreq.Args) {
		g.stream("/x", args, func(r *zreq.Response) error {
			for p, err := range r.Chunks(n) {
				if err != nil {
					return err
				}
				g.log("chunk %s", shown(p))
			}
			return nil
		})
	},
}

// stream makes a call with Stream, and has take take the body.
func (g *golden) stream(path string, args *zreq.Args, take func(r *zreq.Response) error) {
	if args == nil {
		args = &zreq.Args{Headers: asks()}
	}
	args.Stream = true
	resp := g.get(path, args)
	if resp == nil {
		return
	}
	g.result("taken", take(resp))
	_ = resp.Close()
	g.log("then %s", described(resp))
	g.content(resp)
}

// A goldenWriter takes all that it is given.
type goldenWriter struct{ g *golden }

func (w goldenWriter) Write(p []byte) (int, error) {
	w.g.log("into the writer %s", shown(p))
	return len(p), nil
}

// A goldenFile is a writer that takes bytes from a connection, and a body that gives them to it.
type goldenFile struct {
	goldenWriter
	*bytes.Reader
}

func (f goldenFile) ReceiveFrom(c netdriver.Conn, n int64) (int64, bool, error) {
	p := make([]byte, min(n, 10_000))
	got, err := c.Read(p)
	f.g.log("ReceiveFrom at most %d: %d%s", n, got, because(err))
	return int64(got), true, err
}

func (f goldenFile) SendTo(c netdriver.Conn, n int64) (int64, bool, error) {
	p := make([]byte, min(n, 10_000))
	got, _ := f.Read(p)
	sent, err := c.Write(p[:got])
	f.g.log("SendTo at most %d: %d%s", n, sent, because(err))
	_, _ = f.Seek(int64(sent-got), io.SeekCurrent)
	return int64(sent), true, err
}

// (*bytes.Reader).WriteTo is none of a body.
func (f goldenFile) WriteTo(io.Writer) (int64, error) { return 0, errors.ErrUnsupported }

// bodyScenarios are bodies that are longer than a buffer.
func bodyScenarios() []scenario {
	long := numbered(20_000)
	slow := func(answer string) [][]step {
		return [][]step{turn(answer[:3000], answer[3000:12_000], answer[12_000:])}
	}
	return []scenario{
		{name: "long-length-callback", conns: slow(byLength(long)), play: func(g *golden) { goldenTakings["callback"](g, 6000, nil) }},
		{name: "long-chunked-callback", conns: slow(byChunks(long)), play: func(g *golden) { goldenTakings["callback"](g, 6000, nil) }},
		{name: "long-length-writeto", conns: slow(byLength(long)), play: func(g *golden) { goldenTakings["writeto"](g, 0, nil) }},
		{name: "long-chunked-chunks", conns: slow(byChunks(long)), play: func(g *golden) { goldenTakings["chunks"](g, 6000, nil) }},
		{name: "long-content", conns: slow(byChunks(long)), play: func(g *golden) { g.get("/x", nil) }},
		{name: "long-read-small", conns: slow(byLength(long)), play: func(g *golden) {
			goldenTakings["chunks"](g, 6000, &zreq.Args{Limits: zreq.Limits{ReadBuffer: 1000}})
		}},
		{name: "long-receiver", conns: slow(byLength(long)), play: func(g *golden) {
			g.stream("/x", nil, func(r *zreq.Response) error {
				n, err := r.WriteTo(goldenFile{goldenWriter: goldenWriter{g}})
				g.log("WriteTo %d", n)
				return err
			})
		}},
		{
			name: "short-reads", conns: [][]step{append([]step{faulty(memnet.Faults{ReadBytes: 7, EmptyReads: 1, WriteBytes: 20})}, turn(byChunks("0123456789"))...)},
			only: "plain", play: func(g *golden) { goldenTakings["callback"](g, 4, nil) },
		},
		{
			name: "closed-unread", conns: [][]step{turn("HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n0123"), turn("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n0123", "4567")},
			play: func(g *golden) {
				g.stream("/long", nil, func(r *zreq.Response) error { return r.Close() })
				g.stream("/short", nil, func(r *zreq.Response) error { return r.Close() })
			},
		},
	}
}

// keepScenarios keep a Connection by hand.
func keepScenarios() []scenario {
	return []scenario{
		{name: "keep-twice", conns: [][]step{then(turn(ok), turn(byChunks("again")))}, play: func(g *golden) {
			args := zreq.Args{Headers: asks(), Into: new(zreq.Response)}
			args.Connection = g.get("/1", &args).Connection
			time.Sleep(3 * time.Second)
			g.get("/2", &args)
			g.log("Close: %v", args.Into.Connection.Close())
			g.get("/3", &zreq.Args{Connection: args.Connection})
		}},
		{name: "keep-stale-idle", conns: [][]step{then(turn(ok), []step{shuts()}), turn(ok)}, play: func(g *golden) { g.twice(zreq.Args{}) }},
		{name: "keep-stale-reset", conns: [][]step{then(turn(ok), []step{breaks()}), turn(ok)}, play: func(g *golden) { g.twice(zreq.Args{}) }},
		{name: "keep-stale-sent", conns: [][]step{then(turn(ok), []step{hears(), shuts()}), turn(ok)}, play: func(g *golden) { g.twice(zreq.Args{}) }},
		{name: "keep-unasked", conns: [][]step{then(turn(ok), []step{rests(time.Second), tells(ok)}), turn(ok)}, play: func(g *golden) { g.twice(zreq.Args{}) }},
		{name: "keep-unasked-first", only: "plain", conns: [][]step{{eager(ok)}}, play: func(g *golden) { g.get("/x", nil) }},
		{name: "keep-open-stream", conns: [][]step{turn("HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n0123"), turn(ok)}, play: func(g *golden) {
			args := zreq.Args{Headers: asks(), Into: new(zreq.Response), Stream: true}
			g.get("/open", &args)
			args.Stream = false
			g.get("/next", &args)
		}},
		{name: "keep-leftover", conns: [][]step{turn(ok + "HTTP/1.1 ")}, play: func(g *golden) { g.get("/x", &zreq.Args{Headers: asks()}) }},
		{
			name: "keep-http10", conns: [][]step{then(turn("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok"), turn("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"))},
			play: func(g *golden) { g.twice(zreq.Args{}) },
		},
		{
			name: "keep-refused-by-peer", conns: [][]step{turn("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")},
			play: func(g *golden) { g.get("/x", &zreq.Args{Headers: asks()}) },
		},
		{
			name: "keep-408", conns: [][]step{then(turn(ok), []step{hears(), tells("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")})},
			play: func(g *golden) { g.twice(zreq.Args{}) },
		},
		{name: "connect", conns: [][]step{turn(ok)}, play: func(g *golden) {
			c, err := zreq.Connect(context.Background(), g.url("/"), g.with(nil))
			g.result("Connect", err)
			time.Sleep(time.Second)
			g.get("//other.test/x", &zreq.Args{Connection: c})
			g.get("/x", &zreq.Args{Connection: c, StreamCallback: func([]byte) error {
				g.get("/within", &zreq.Args{Connection: c})
				return nil
			}})
			g.log("Close: %v", c.Close())
		}},
	}
}

// twice makes two calls over one Connection, ten seconds apart.
func (g *golden) twice(args zreq.Args) {
	args.Headers = append(args.Headers, asks()...)
	first := g.get("/1", &args)
	time.Sleep(10 * time.Second)
	args.Connection = first.Connection
	if second := g.get("/2", &args); second != nil && second.Connection != nil {
		g.log("Close: %v", second.Connection.Close())
	}
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
