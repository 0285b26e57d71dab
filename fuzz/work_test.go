package fuzz

import (
	"context"
	"errors"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/digest"
	"github.com/zreq-go/zreq/zreq/roundtrip"
	"github.com/zreq-go/zreq/zreq/zlog"
)

// TestFeature is the list of promises that are proven here, because they are not those
// of one package.
func TestFeature(t *testing.T) {
	t.Run("P44", testWorkOfAField)
}

// wide are limits that do not hide what a parser does with a long field.
var wide = zreq.Limits{HeadBytes: 1 << 20, Fields: 1 << 20, TrailerBytes: 1 << 20, ChunkLine: 1 << 20, ReadBuffer: 64 << 10}

const (
	site  = "http://device.test/a/b"
	empty = "Content-Length: 0\r\n\r\n"
	whole = "HTTP/1.1 200 OK\r\n" + empty
)

// answers is a driver of which each connection says the next of its texts, 50 bytes at a
// time, so that it shows if something is looked at again with each Read.
type answers []string

func (a *answers) Dial(context.Context, string, string) (netdriver.Conn, error) {
	if len(*a) == 0 {
		return nil, errors.New("no more")
	}
	next := (*a)[0]
	*a = (*a)[1:]
	return &dripping{in: []byte(next), sizes: []byte{50}}, nil
}

// A use is one that a program makes of field lines that a peer sends: everything that
// parses one of them has its place in one.
type use struct {
	name string
	do   func(fields string)
}

var uses = []use{
	{"answer", func(fields string) {
		resp, _ := zreq.Get(context.Background(), site, &zreq.Args{
			Driver: &answers{"HTTP/1.1 200 OK\r\n" + fields + "Content-Length: 2\r\n\r\n{}"}, Limits: wide,
		})
		look(resp)
	}},
	{"callback", func(fields string) {
		resp, _ := zreq.Get(context.Background(), site, &zreq.Args{
			Driver: &answers{"HTTP/1.1 200 OK\r\n" + fields + "Content-Length: 2\r\n\r\n{}"}, Limits: wide,
			StreamCallback: func([]byte) error { return nil },
		})
		look(resp)
	}},
	{"range", func(fields string) {
		resp, _ := zreq.Get(context.Background(), site, &zreq.Args{
			Driver: &answers{"HTTP/1.1 206 Partial Content\r\n" + fields + "Content-Length: 2\r\n\r\n{}"}, Limits: wide,
			Headers:        zreq.Headers{{"Range", "bytes=0-1"}, {"If-Range", "Sat, 29 Oct 1994 19:43:31 GMT"}},
			StreamCallback: func([]byte) error { return nil },
		})
		look(resp)
	}},
	{"session", func(fields string) {
		s := &zreq.Session{
			Driver: &answers{"HTTP/1.1 503 Busy\r\n" + fields + empty, whole}, Limits: wide,
			Retry: zreq.Retry{Attempts: 2, Wait: -1, MaxWait: -1},
		}
		_, _ = s.Get(context.Background(), site, nil)
		_ = s.Close()
	}},
	{"redirect", func(fields string) {
		resp, _ := zreq.Get(context.Background(), site, &zreq.Args{
			Driver: &answers{"HTTP/1.1 302 Found\r\n" + fields + empty, whole}, Limits: wide,
		})
		look(resp)
	}},
	{"informational", func(fields string) {
		_, _ = zreq.Get(context.Background(), site, &zreq.Args{
			Driver: &answers{"HTTP/1.1 103 Early Hints\r\n" + fields + "\r\n" + whole}, Limits: wide,
			Trace: zlog.New(zerolog.New(io.Discard)),
		})
	}},
	{"trailers", func(fields string) {
		resp, _ := zreq.Get(context.Background(), site, &zreq.Args{
			Driver: &answers{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n" + fields + "\r\n"}, Limits: wide,
		})
		look(resp)
	}},
	{"chunk extension", func(fields string) {
		resp, _ := zreq.Get(context.Background(), site, &zreq.Args{
			Driver: &answers{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;" + fields + "\r\n{}\r\n0\r\n\r\n"}, Limits: wide,
		})
		look(resp)
	}},
	{"digest", func(fields string) {
		resp, _ := zreq.Get(context.Background(), site, &zreq.Args{
			Driver: &answers{"HTTP/1.1 401 Unauthorized\r\n" + fields + empty, whole}, Limits: wide,
			Auth: digest.New("user", "password"),
		})
		if resp != nil {
			_ = digest.Check(resp.Values("WWW-Authenticate"))
		}
	}},
	{"http.Client", func(fields string) {
		client := http.Client{Transport: &roundtrip.Transport{Session: &zreq.Session{
			Driver: &answers{"HTTP/1.1 200 OK\r\n" + fields + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n" + fields + "\r\n"}, Limits: wide,
		}}}
		resp, err := client.Get(site)
		if err == nil {
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
		}
	}},
	{"log", func(fields string) {
		trace := zlog.New(zerolog.New(io.Discard))
		trace.Trace(zreq.Event{Kind: zreq.EventDone, Err: &zreq.Error{Err: errors.New(fields)}})
	}},
}

// look asks a response for all that it has to say.
func look(r *zreq.Response) {
	if r == nil {
		return
	}
	for name := range r.All() {
		_ = name
	}
	for name := range r.Trailers() {
		_ = name
	}
	_ = r.Values("Set-Cookie")
	_, _, _, _ = r.ContentRange()
	_ = r.Charset()
	_, _ = r.Text()
	_ = r.Fit()
}

// A shape is how a field grows.
type shape byte

const (
	oneLine   shape = iota // in one value
	manyLines              // in lines of the same name
	folded                 // in one value over many lines (obs-fold)
	shapes
)

// fields returns field lines of about size bytes, in which unit is repeated.
func (s shape) fields(name, prefix, unit, suffix string, size int) string {
	n := max(1, size/len(unit))
	switch s % shapes {
	case manyLines:
		return strings.Repeat(name+": "+prefix+unit+suffix+"\r\n", max(1, size/len(name+": "+prefix+unit+suffix+"\r\n")))
	case folded:
		return name + ": " + prefix + strings.Repeat(unit+"\r\n ", max(1, size/len(unit+"\r\n "))) + suffix + "\r\n"
	}
	return name + ": " + prefix + strings.Repeat(unit, n) + suffix + "\r\n"
}

// What is compared: a field, and one that is as many times as long.
const (
	short  = 2 << 10
	longer = 16
)

// Work that grows with the length takes at most 16 times as long, and what grows with
// its square 256 times. Between them there is room for a machine that does something
// else, and the best of many runs counts.
const (
	mostTime = 4 * longer
	mostRuns = 60
	perByte  = 64        // bytes of memory for one of the field; http.Header needs most
	once     = 512 << 10 // and for what does not depend on it, as buffers
)

// checkWork fails if a use takes more than time and memory in proportion to the fields.
func checkWork(t *testing.T, u use, fields func(size int) string) {
	t.Helper()
	small, large := fields(short), fields(short*longer)
	u.do(small) // what is made once is made here
	u.do(large)
	made, most := allocated(func() { u.do(large) }), once+perByte*uint64(len(large))
	for i := 0; made > most && i < mostRuns; i++ { // while a target is fuzzed, others allocate at the same time
		made = min(made, allocated(func() { u.do(large) }))
	}
	if made > most {
		t.Fatalf("%s: %d bytes of memory for a field of %d: %.200q", u.name, made, len(large), large)
	}
	var fast, slow time.Duration
	for range mostRuns {
		fast, slow = quickest(fast, u, small), quickest(slow, u, large)
		if slow <= mostTime*max(fast, time.Microsecond) {
			return
		}
	}
	t.Fatalf("%s: %v for %d bytes, and %v for %d: %.200q", u.name, fast, len(small), slow, len(large), large)
}

// quickest is the time of one more run, or best if that was shorter.
func quickest(best time.Duration, u use, fields string) time.Duration {
	began := time.Now()
	u.do(fields)
	took := time.Since(began)
	if best == 0 || took < best {
		return took
	}
	return best
}

// allocated is how much memory f takes, of which the collector may take back all.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// A field that was, or could be, hard to parse.
type hard struct {
	use                        string
	shape                      shape
	name, prefix, unit, suffix string
}

var hards = []hard{
	{"session", oneLine, "Retry-After", "", ":60 ", ""},
	{"session", oneLine, "Retry-After", "", "9", ""},
	{"session", oneLine, "Retry-After", "Mon, 02 Jan 2006 15:04:05 GMT", " ", "x"},
	{"session", oneLine, "Date", "", ":60 ", "\r\nRetry-After: Mon, 02 Jan 2006 15:04:05 GMT"},
	{"session", oneLine, "Keep-Alive", "", "timeout=5, max=9, ", ""},
	{"session", manyLines, "Keep-Alive", "", "timeout=5", ""},
	{"session", oneLine, "Connection", "", "a,", "close"},
	{"answer", oneLine, "Connection", "", ", ", "keep-alive"},
	{"answer", manyLines, "Connection", "", "keep-alive", ""},
	{"answer", oneLine, "Content-Type", "text/html", ";", ""},
	{"answer", oneLine, "Content-Type", "text/html", "; a=b", ";charset=utf-8"},
	{"answer", oneLine, "Content-Type", "text/html", `; a="`, ""},
	{"answer", oneLine, "Content-Type", "text/html", `; a='`, ""},
	{"answer", oneLine, "Content-Type", `text/html; charset="`, `\u`, `"`},
	{"answer", oneLine, "Content-Type", `text/html;`, ` charset =`, ``},
	{"answer", oneLine, "Content-Type", `text/html;charset=`, `'`, ``},
	{"answer", oneLine, "Content-Encoding", "", "identity, ", ""},
	{"callback", oneLine, "Content-Encoding", "", "aws-chunked, ", ""},
	{"callback", manyLines, "Content-Encoding", "", "none", ""},
	{"answer", oneLine, "X", "", " \t", "x"},
	{"answer", manyLines, "X", "", "x", ""},
	{"answer", manyLines, "Content-Length", "", "2", ""},
	{"answer", oneLine, "Content-Length", "2", ", 2", ""},
	{"answer", folded, "X", "", "x", ""},
	{"answer", folded, "X", "", " ", ""},
	{"range", oneLine, "Content-Range", "bytes ", "0", "-1/2"},
	{"range", manyLines, "Content-Range", "", "bytes 0-1/2", ""},
	{"range", oneLine, "ETag", `"`, "a", `"`},
	{"range", oneLine, "Last-Modified", "", ":60 ", ""},
	{"range", manyLines, "Last-Modified", "Sat, 29 Oct 1994 19:43:31 GMT", " ", ""},
	{"redirect", oneLine, "Location", "/", "a/../", ""},
	{"redirect", oneLine, "Location", "", "../", ""},
	{"redirect", oneLine, "Location", "http:", "/", ""},
	{"redirect", oneLine, "Location", "http://", "a.", "/"},
	{"redirect", oneLine, "Location", "http://[", ":", "]/"},
	{"redirect", oneLine, "Location", "http://", "@", "/"},
	{"redirect", oneLine, "Location", "/?", "%", ""},
	{"redirect", oneLine, "Location", "/", "a b", ""},
	{"redirect", manyLines, "Location", "/", "a", ""},
	{"trailers", manyLines, "X", "", "x", ""},
	{"trailers", folded, "X", "", "x", ""},
	{"informational", oneLine, "Link", "", "</a>; rel=preload, ", ""},
	{"chunk extension", oneLine, "a", "", `;a="b"`, ""},
	{"digest", oneLine, "WWW-Authenticate", "", `Digest realm="a",nonce="b",`, ""},
	{"digest", oneLine, "WWW-Authenticate", "Digest ", `a=b,`, ""},
	{"digest", oneLine, "WWW-Authenticate", "Digest ", `,`, ""},
	{"digest", oneLine, "WWW-Authenticate", "Digest ", `a`, "="},
	{"digest", oneLine, "WWW-Authenticate", "", `a `, ""},
	{"digest", oneLine, "WWW-Authenticate", "", `a, `, ""},
	{"digest", oneLine, "WWW-Authenticate", "Digest realm=\"r\", nonce=\"n\", qop=\"", `auth,`, `"`},
	{"digest", oneLine, "WWW-Authenticate", "Digest realm=\"", `\a`, `", nonce="n"`},
	{"digest", oneLine, "WWW-Authenticate", "Digest nonce=n, realm=r, domain=\"", `/a `, `"`},
	{"digest", manyLines, "WWW-Authenticate", "", `Digest realm="a", nonce="b", qop="auth"`, ""},
	{"http.Client", manyLines, "X", "", "x", ""},
	{"http.Client", oneLine, "Trailer", "", "a, ", ""},
	{"http.Client", manyLines, "Set-Cookie", "", "a=b", ""},
	{"http.Client", oneLine, "Connection", "", "close, ", ""},
	{"log", oneLine, "x", "", `" \`, ""},
	{"log", oneLine, "x", "", `"a`, ""},
	{"log", oneLine, "x", "", `a:`, ""},
	{"log", oneLine, "x", "", `  "=`, ""},
	{"log", oneLine, "x", "", `a@b?`, ""},
	{"log", oneLine, "x", "", `Basic `, ""},
	{"log", folded, "Cookie", "", `x`, ""},
}

func useNamed(t *testing.T, name string) use {
	t.Helper()
	for _, u := range uses {
		if u.name == name {
			return u
		}
	}
	t.Fatalf("there is no use %q", name)
	return use{}
}

// testWorkOfAField: no parser of a peer's field does more than linear work, nor takes
// more than linear memory.
func testWorkOfAField(t *testing.T) {
	for _, h := range hards {
		t.Run(h.use+"/"+h.name+"/"+h.prefix+h.unit, func(t *testing.T) {
			checkWork(t, useNamed(t, h.use), func(size int) string {
				return h.shape.fields(h.name, h.prefix, h.unit, h.suffix, size)
			})
		})
	}
}

// FuzzWork looks for a field of which that is not so. It counts the memory, and
// compares the time for a field with the time for one that is 16 times as long.
func FuzzWork(f *testing.F) {
	for _, h := range hards {
		for i, u := range uses {
			if u.name == h.use {
				f.Add(byte(i), byte(h.shape), h.name, h.prefix, h.unit, h.suffix)
			}
		}
	}
	f.Fuzz(func(t *testing.T, of, grows byte, name, prefix, unit, suffix string) {
		if len(name) > 64 || len(prefix) > 256 || len(unit) == 0 || len(unit) > 64 || len(suffix) > 256 {
			return
		}
		checkWork(t, uses[int(of)%len(uses)], func(size int) string {
			return shape(grows).fields(name, prefix, unit, suffix, size)
		})
	})
}
