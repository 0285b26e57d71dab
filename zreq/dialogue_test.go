package zreq_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq"
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
