package fuzz

import (
	"bufio"
	"bytes"
	"flag"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/zreq-go/zreq/zreq/wire"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// FuzzHead: a head, or several, with whatever follows.
func FuzzHead(f *testing.F) {
	for _, lines := range []string{
		"A: b\r\n\r\n",
		"A: b\r\n c\r\n\t\r\nD:\r\n\r\n",
		"Content-Length: 5, 5\r\nConnection: a,\r\n close\r\n\r\nhello",
		"Transfer-Encoding: ,chunked\n\n0\r\n\r\n",
		"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
		"A : b\r\n\r\n",
		"A: b\rC: d\r\n\r\n",
	} {
		for method := range byte(3) {
			f.Add([]byte("HTTP/1.1 200 OK\r\n"+lines), method, []byte{3, 1, 7})
			f.Add([]byte("HTTP/1.0 304\n"+lines), method, []byte{2})
		}
	}
	f.Fuzz(func(t *testing.T, in []byte, method byte, sizes []byte) {
		check(t, in, methodOf(method), sizes)
	})
}

// FuzzChunked: what follows a head that says chunked.
func FuzzChunked(f *testing.F) {
	for _, in := range []string{
		"5\r\nhello\r\n0\r\n\r\n",
		"5;a=\"b;c\"\r\nhello\r\n00 \r\nA: b\r\n c\r\n\r\nrest",
		"a\r\n0123456789\r\nA\r\n0123456789\r\n0;x\r\n\r\n",
		"7fffffffffffffff\r\nhello",
		"8000000000000000\r\n",
		"5\nhello\r\n",
		"+5\r\nhello\r\n",
		"0\r\nContent-Length: 5\r\nA:\r\n\r\n",
	} {
		f.Add([]byte(in), []byte{1, 2, 3})
	}
	f.Fuzz(func(t *testing.T, in, sizes []byte) {
		in = append([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), in...)
		check(t, in, "GET", append([]byte{45}, sizes...))
	})
}

// FuzzExchange: all that a peer sends in answer to a request.
func FuzzExchange(f *testing.F) {
	for _, in := range []string{
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
		"HTTP/1.1 103 x\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: A\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
		"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nuntil close",
		"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
		"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
		"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nTransfer-Encoding: gzip\r\n\r\n",
		"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nx",
		"SSH-2.0-x\r\n",
	} {
		for method := range byte(3) {
			f.Add([]byte(in), method, []byte{5, 1})
		}
	}
	f.Fuzz(func(t *testing.T, in []byte, method byte, sizes []byte) {
		check(t, in, methodOf(method), sizes)
	})
}

// FuzzRequest: what the encoder lets through, net/http reads back.
func FuzzRequest(f *testing.F) {
	f.Add("GET", "/fw.bin?rev=7", "Accept", "*/*", []byte("hello"), byte(2))
	f.Add("POST", "/caf\u00e9/%41{}", "X-Y", "a\tb \xff", []byte{}, byte(0))
	f.Add("GET\r\nX:", "/ HTTP/1.1\r\nX: y", "A\r\nB", "c\r\nD: e", []byte("\r\n0\r\n\r\n"), byte(1))
	f.Fuzz(func(t *testing.T, method, target, name, value string, body []byte, chunk byte) {
		head, ok := appendHead(t, method, "/"+target, name, value)
		if !ok {
			return
		}
		if n := bytes.Count(head, []byte("\n")); n != 4 {
			t.Fatalf("%q: %d lines, want 4", head, n)
		}
		if special(method, name) != "" {
			return
		}
		out := wire.AppendEnd(head)
		for rest := body; len(rest) > 0; {
			n := min(len(rest), 1+int(chunk))
			out = wire.AppendChunk(out, rest[:n])
			rest = rest[n:]
		}
		readBack(t, wire.AppendLastChunk(out), name, value, body)
	})
}

// appendHead appends all of a head but its blank line. A piece that is refused
// must leave no trace.
func appendHead(t *testing.T, method, target, name, value string) (out []byte, ok bool) {
	out, err := wire.AppendMethod(nil, method)
	if err != nil {
		return leftAlone(t, out, 0)
	}
	before := len(out)
	out, err = wire.AppendTarget(out, target)
	if err != nil {
		return leftAlone(t, out, before)
	}
	out = wire.AppendVersion(out)
	out, _ = wire.AppendField(out, "Host", "example.org")
	out, _ = wire.AppendField(out, "Transfer-Encoding", "chunked")
	before = len(out)
	out, err = wire.AppendField(out, name, value)
	if err != nil {
		return leftAlone(t, out, before)
	}
	return out, true
}

func leftAlone(t *testing.T, out []byte, before int) ([]byte, bool) {
	if len(out) != before {
		t.Fatalf("a refusal left %q", out[before:])
	}
	return nil, false
}

// special gives the reason why net/http does not read a request back as it is.
func special(method, name string) string {
	switch http.CanonicalHeaderKey(name) {
	case "Host", "Content-Length", "Transfer-Encoding", "Trailer", "Pragma", "Cache-Control":
		return "net/http takes the field out of the header or adds one"
	}
	if method == "CONNECT" || method == "PRI" {
		return "net/http has other rules for the target"
	}
	return ""
}

func readBack(t *testing.T, out []byte, name, value string, body []byte) {
	line, _, _ := strings.Cut(string(out), "\r\n")
	req, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(out)))
	if err != nil {
		t.Fatalf("%q: %v", out, err)
	}
	if got := req.Method + " " + req.RequestURI + " " + req.Proto; got != line {
		t.Fatalf("%q: read as %q", line, got)
	}
	if got := req.Header[http.CanonicalHeaderKey(name)]; len(req.Header) != 1 || len(got) != 1 || got[0] != value {
		t.Fatalf("%q: header %q", out, req.Header)
	}
	if got, err := io.ReadAll(req.Body); err != nil || !bytes.Equal(got, body) {
		t.Fatalf("%q: body %q, %v, want %q", out, got, err, body)
	}
}

// tight has limits that short inputs reach.
var tight = wire.Limits{HeadBytes: 60, Fields: 3, Informational: 1, ChunkLine: 8, TrailerBytes: 24}

// check demands all properties of one input.
func check(t *testing.T, in []byte, method string, sizes []byte) {
	for _, limits := range []wire.Limits{{}, tight} {
		whole := read(in, method, limits, nil)
		for _, sizes := range [][]byte{{1}, sizes} {
			cut := read(in, method, limits, sizes)
			if cut.String() != whole.String() {
				t.Fatalf("%q in pieces of %v:\n got %v\nwant %v", in, sizes, cut, whole)
			}
			if cut.calls > 2*len(in)+2 {
				t.Fatalf("%q: %d calls for %d bytes", in, cut.calls, len(in))
			}
		}
		if !fuzzing() {
			checkAllocations(t, in, method, limits)
		}
		if whole.whole {
			compare(t, in, method, whole)
		}
	}
}

// checkAllocations is left to the seeds: while a target is fuzzed, others
// allocate at the same time.
func checkAllocations(t *testing.T, in []byte, method string, limits wire.Limits) {
	buf := make([]byte, len(in))
	var d wire.Decoder
	allocs, _ := zreqtest.Allocs(func() {
		copy(buf, in)
		d.Reset(method, limits)
		rest := buf
		for {
			ev, used, err := d.Next(rest)
			rest = rest[used:]
			if err != nil || ev.Kind == wire.NeedMore || ev.Kind == wire.End {
				return
			}
		}
	})
	if allocs != 0 {
		t.Fatalf("%q: %v allocations", in, allocs)
	}
}

func fuzzing() bool {
	f := flag.Lookup("test.fuzz")
	return f != nil && f.Value.String() != ""
}

// methodOf picks one of the methods that change how a response is read.
func methodOf(n byte) string {
	return [...]string{"GET", "HEAD", "CONNECT"}[n%3]
}

// compare reads with net/http what we have accepted, and demands the same.
func compare(t *testing.T, in []byte, method string, ours *reading) {
	if last := ours.heads[len(ours.heads)-1]; method == "CONNECT" && last.status/100 == 2 {
		return // ReadResponse looks for a body where the tunnel begins
	}
	difference := differs(in, method, ours)
	if difference == "" || knownDifference(in, ours) != "" {
		return
	}
	t.Fatalf("%q (%s): net/http: %s\nours: %v", in, method, difference, ours)
}
