package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/wire"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// testDialogues plays every transcript of testdata, on one handle. A section
// "C:" is a call and, to the byte, the request that it must make; with "C:
// stream" it has a callback of 4 bytes a chunk, with "C: close" it is the last
// on its connection. A section "dialled again" begins the next connection, and
// "expect" says what the calls so far returned.
func testDialogues(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) < 5 {
		t.Fatalf("transcripts: %q, %v", files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			d := zreqtest.Transcript(t, file)
			synctest.Test(t, func(t *testing.T) { dialogue(t, d) })
		})
	}
}

func dialogue(t *testing.T, d *zreqtest.Dialogue) {
	is := is.New(t)
	scripts, part := [][]zreqtest.Step(nil), new(zreqtest.Dialogue)
	for _, s := range d.Sections {
		if s.Name == "dialled again" {
			scripts, part = append(scripts, zreqtest.Script(part)), new(zreqtest.Dialogue)
			continue
		}
		part.Sections = append(part.Sections, s)
	}
	peer := zreqtest.NewPeer(t, append(scripts, zreqtest.Script(part))...)
	conn, err := zreq.Connect(t.Context(), "http://device.test", &zreq.Args{Driver: peer})
	is.NoErr(err)
	var got, want []string
	for _, s := range d.Sections {
		switch word, how, _ := strings.Cut(s.Name, " "); word {
		case "C:":
			got = append(got, say(conn, s.Text, how))
			time.Sleep(time.Minute) // what the peer sends behind it is there by the next call
		case "expect":
			want = append(want, strings.Split(strings.TrimSpace(s.Text), "\n")...)
		}
	}
	is.Equal(strings.Join(got, "\n"), strings.Join(want, "\n")) // what the calls returned
	is.Equal(conn.Dials(), len(scripts)+1)
	var sent []string
	for _, s := range d.Sections {
		if strings.HasPrefix(s.Name, "C:") {
			sent = append(sent, s.Wire())
		}
	}
	is.Equal(fmt.Sprintf("%q", peer.Requests()), fmt.Sprintf("%q", sent)) // what went out, to the byte
	is.NoErr(conn.Close())
	is.Equal(peer.Open(), 0)
}

// say makes the call whose request begins with the line of text, and returns
// what came of it: status, chunks or content, trailer, and what became of the
// connection.
func say(conn *zreq.Connection, text, how string) string {
	line := strings.Fields(text)
	args := &zreq.Args{Connection: conn, MaxRedirects: -1, Omit: []string{"User-Agent", "Accept-Encoding"}}
	var parts []string
	switch how {
	case "stream":
		args.StreamChunk, args.StreamCallback = 4, func(p []byte) error { parts = append(parts, string(p)); return nil }
	case "close":
		args.Headers = zreq.Headers{{"Connection", "close"}}
	}
	resp, err := zreq.Do(context.Background(), line[0], "http://device.test"+line[1], args)
	if resp == nil {
		return err.Error()
	}
	if parts == nil {
		p, _ := resp.Content()
		parts = []string{string(p)}
	}
	said := fmt.Sprintf("%d %q %v", resp.Status, parts, resp.CloseReason())
	if trailer := resp.Trailer("Digest"); trailer != "" {
		said += "; Digest " + trailer
	}
	if err != nil {
		said += "; " + err.Error()
	}
	return said
}

const (
	okHead      = "HTTP/1.1 200 OK\r\n"
	chunkedHead = okHead + "Transfer-Encoding: chunked\r\n\r\n"
)

// malformed breaks a rule of design 6 each; the body before the fault is "hi".
var malformed = map[string]struct {
	wire     string
	rule     error
	received int64
}{
	"not HTTP":                     {"SSH-2.0-OpenSSH_9.0\r\n", wire.ErrBadStatusLine, 0},
	"TLS":                          {"\x15\x03\x01\x00\x02\x02\x46", wire.ErrTLS, 0},
	"HTTP/0.9":                     {"<html>hello</html>", wire.ErrBadStatusLine, 0},
	"HTTP/2":                       {"HTTP/2 200 OK\r\n\r\n", wire.ErrBadVersion, 0},
	"HTTP/2.0":                     {"HTTP/2.0 200 OK\r\n\r\n", wire.ErrBadVersion, 0},
	"lower-case http":              {"http/1.1 200 OK\r\n\r\n", wire.ErrBadStatusLine, 0},
	"empty line first":             {"\r\nHTTP/1.1 200 OK\r\n\r\n", wire.ErrBadStatusLine, 0},
	"two digits of status":         {"HTTP/1.1 20 OK\r\n\r\n", wire.ErrBadStatusLine, 0},
	"four digits of status":        {"HTTP/1.1 2000 OK\r\n\r\n", wire.ErrBadStatusLine, 0},
	"signed status":                {"HTTP/1.1 +20 OK\r\n\r\n", wire.ErrBadStatusLine, 0},
	"status below 100":             {"HTTP/1.1 099 OK\r\n\r\n", wire.ErrBadStatusLine, 0},
	"two spaces before the status": {"HTTP/1.1  200 OK\r\n\r\n", wire.ErrBadStatusLine, 0},
	"no colon":                     {okHead + "Content-Length 2\r\n\r\nhi", wire.ErrBadField, 0},
	"no name":                      {okHead + ": x\r\n\r\n", wire.ErrBadField, 0},
	"space before the colon":       {okHead + "Content-Length : 2\r\n\r\nhi", wire.ErrBadField, 0},
	"space in the name":            {okHead + "Content Length: 2\r\n\r\nhi", wire.ErrBadField, 0},
	"bytes beyond ASCII in a name": {okHead + "Tran\u017ffer-Encoding: chunked\r\n\r\n", wire.ErrBadField, 0},
	"bare CR in a value":           {okHead + "X: a\rb\r\n\r\n", wire.ErrBareCR, 0},
	"bare CR in the status line":   {"HTTP/1.1 200 O\rK\r\n\r\n", wire.ErrBareCR, 0},
	"NUL in a value":               {okHead + "X: a\x00b\r\n\r\n", wire.ErrNUL, 0},
	"NUL in the reason":            {"HTTP/1.1 200 O\x00K\r\n\r\n", wire.ErrNUL, 0},
	"folding before a field":       {okHead + " X: a\r\n\r\n", wire.ErrBadFolding, 0},
	"folded length":                {okHead + "Content-Length: 2\r\n 3\r\n\r\nhi", wire.ErrBadFolding, 0},
	"folded coding":                {okHead + "Transfer-Encoding:\r\n chunked\r\n\r\n", wire.ErrBadFolding, 0},
	"length and coding":            {okHead + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", wire.ErrLengthAndCoding, 0},
	"coding and length":            {okHead + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\nhi\r\n0\r\n\r\n", wire.ErrLengthAndCoding, 0},
	"lengths that differ":          {okHead + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi", wire.ErrBadLength, 0},
	"lengths that differ, a list":  {okHead + "Content-Length: 2, 3\r\n\r\nhi", wire.ErrBadLength, 0},
	"signed length":                {okHead + "Content-Length: +2\r\n\r\nhi", wire.ErrBadLength, 0},
	"negative length":              {okHead + "Content-Length: -2\r\n\r\nhi", wire.ErrBadLength, 0},
	"hexadecimal length":           {okHead + "Content-Length: 0x2\r\n\r\nhi", wire.ErrBadLength, 0},
	"length with a unit":           {okHead + "Content-Length: 2 bytes\r\n\r\nhi", wire.ErrBadLength, 0},
	"length with an underscore":    {okHead + "Content-Length: 1_0\r\n\r\nhi", wire.ErrBadLength, 0},
	"empty length":                 {okHead + "Content-Length: \r\n\r\nhi", wire.ErrBadLength, 0},
	"length that overflows":        {okHead + "Content-Length: 18446744073709551618\r\n\r\nhi", wire.ErrBadLength, 0},
	"unknown coding":               {okHead + "Transfer-Encoding: gzip\r\n\r\nhi", wire.ErrBadCoding, 0},
	"coding before chunked":        {okHead + "Transfer-Encoding: gzip, chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", wire.ErrBadCoding, 0},
	"coding behind chunked":        {okHead + "Transfer-Encoding: chunked, identity\r\n\r\nhi", wire.ErrBadCoding, 0},
	"chunked twice":                {okHead + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", wire.ErrBadCoding, 0},
	"coding with a parameter":      {okHead + "Transfer-Encoding: chunked;q=1\r\n\r\n", wire.ErrBadCoding, 0},
	"quoted coding":                {okHead + "Transfer-Encoding: \"chunked\"\r\n\r\n", wire.ErrBadCoding, 0},
	"no chunk size":                {chunkedHead + "2\r\nhi\r\n\r\n", wire.ErrBadChunkSize, 2},
	"signed chunk size":            {chunkedHead + "2\r\nhi\r\n+1\r\nx\r\n", wire.ErrBadChunkSize, 2},
	"negative chunk size":          {chunkedHead + "2\r\nhi\r\n-1\r\nx\r\n", wire.ErrBadChunkSize, 2},
	"chunk size with 0x":           {chunkedHead + "2\r\nhi\r\n0x1\r\nx\r\n", wire.ErrBadChunkSize, 2},
	"chunk size with a g":          {chunkedHead + "2\r\nhi\r\n1g\r\nx\r\n", wire.ErrBadChunkSize, 2},
	"space before a chunk size":    {chunkedHead + "2\r\nhi\r\n 1\r\nx\r\n", wire.ErrBadChunkSize, 2},
	"chunk size that overflows":    {chunkedHead + "2\r\nhi\r\n10000000000000001\r\nx\r\n", wire.ErrBadChunkSize, 2},
	"extension without a size":     {chunkedHead + "2\r\nhi\r\n;a=b\r\nx\r\n", wire.ErrBadChunkSize, 2},
	"bare LF behind a chunk size":  {chunkedHead + "2\r\nhi\r\n1\nx\r\n0\r\n\r\n", wire.ErrBareLF, 2},
	"bare LF behind an extension":  {chunkedHead + "2\r\nhi\r\n1;a\nx\r\n0\r\n\r\n", wire.ErrBareLF, 2},
	"bare CR behind a chunk size":  {chunkedHead + "2\r\nhi\r\n1\rx", wire.ErrBareCR, 2},
	"NUL in an extension":          {chunkedHead + "2\r\nhi\r\n1;\x00\r\nx\r\n", wire.ErrBadChunkExtension, 2},
	"chunk longer than its size":   {chunkedHead + "2\r\nhiho\r\n0\r\n\r\n", wire.ErrBadChunkEnd, 2},
	"bare LF behind the data":      {chunkedHead + "2\r\nhi\n0\r\n\r\n", wire.ErrBadChunkEnd, 2},
	"bare LF in the trailers":      {chunkedHead + "2\r\nhi\r\n0\r\nA: b\n\r\n", wire.ErrBareLF, 2},
	"no colon in a trailer":        {chunkedHead + "2\r\nhi\r\n0\r\nAb\r\n\r\n", wire.ErrBadField, 2},
	"NUL in a trailer":             {chunkedHead + "2\r\nhi\r\n0\r\nA: \x00\r\n\r\n", wire.ErrNUL, 2},
	"101":                          {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", wire.ErrUpgrade, 0},
	"101 behind a 100":             {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 Switching Protocols\r\n\r\n", wire.ErrUpgrade, 0},
}

// testMalformed: what breaks a rule is ErrResponse with the rule, however it
// arrives; the connection is closed and the bytes so far are told.
func testMalformed(t *testing.T) {
	for name, tt := range malformed {
		for _, bytes := range []int{0, 1} {
			for _, callback := range []bool{false, true} {
				t.Run(fmt.Sprint(name, "/reads of ", bytes, "/callback ", callback), func(t *testing.T) {
					is := is.New(t)
					peer := zreqtest.NewPeer(t, append([]zreqtest.Step{zreqtest.Fault(memnet.Faults{ReadBytes: bytes})}, answering(tt.wire)...))
					args := &zreq.Args{Driver: peer, Headers: asks()}
					s := new(sink)
					if callback {
						args.StreamCallback, args.StreamChunk = s.take, 1
					}
					resp, err := zreq.Get(context.Background(), site, args)
					is.True(errors.Is(err, zreq.ErrResponse)) // the kind
					is.True(errors.Is(err, tt.rule))          // the rule that was broken
					e := failure(is, err)
					is.Equal(e.Received, tt.received) // the bytes so far
					is.True(!e.Timeout())
					is.Equal(peer.Open(), 0) // the connection is closed
					is.Equal(resp == nil, tt.received == 0)
					if resp == nil {
						is.Equal(e.Phase, zreq.PhaseHead)
						return
					}
					is.Equal(e.Phase, zreq.PhaseBody)
					closed(is, peer, resp, zreq.CloseFailed)
					is.Equal(len(s.body) == 2, callback)
				})
			}
		}
	}
}

// testMalformedForgiven is what breaks a rule or bends one, and is read.
func testMalformedForgiven(t *testing.T) {
	for name, wire := range map[string]string{
		"no reason":                 "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nhi",
		"no reason and no space":    "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nhi",
		"bare LF in the head":       "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi",
		"length twice, the same":    okHead + "Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi",
		"length in a list":          okHead + "Content-Length: 2, 2\r\n\r\nhi",
		"length with zeros":         okHead + "Content-Length: 0000000000000000000000002\r\n\r\nhi",
		"blanks around a length":    okHead + "Content-Length:\t 2 \t\r\n\r\nhi",
		"no blank behind the colon": okHead + "Content-Length:2\r\n\r\nhi",
		"chunk size in capitals":    okHead + "transfer-ENCODING: CHUNKED\r\n\r\n00000000000000000000002\r\nhi\r\n000\r\n\r\n",
		"padded chunk size":         chunkedHead + "2  \r\nhi\r\n0 \r\n\r\n",
		"empty list members":        okHead + "Transfer-Encoding: , chunked,\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
		"folded field":              okHead + "X: a\r\n\t b\r\nContent-Length: 2\r\n\r\nhi",
		"bytes beyond ASCII":        okHead + "X: \xff\r\nContent-Length: 2\r\n\r\nhi",
		"HTTP/1.9":                  "HTTP/1.9 200 OK\r\nContent-Length: 2\r\n\r\nhi",
		"empty value":               okHead + "X:\r\nContent-Length: 2\r\n\r\nhi",
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := answers(t, wire, byLength("next"))
			resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Headers: asks()})
			is.NoErr(err)
			is.Equal(content(is, resp), "hi")
			next, err := zreq.Get(context.Background(), site, &zreq.Args{Connection: resp.Connection})
			is.NoErr(err)
			is.Equal(content(is, next), "next") // and the connection is as good as new
			is.NoErr(next.Connection.Close())
		})
	}
}
