package fuzz_test

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/zreq-go/zreq/zreq/wire"
)

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
