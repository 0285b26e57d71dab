package zreqtest_test

import (
	"fmt"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

func TestTranscript(t *testing.T) {
	is := is.New(t)
	d := zreqtest.Transcript(t, "testdata/keepalive.txt")
	is.Equal(d.Rule, "A connection that both sides keep carries a second request (RFC 9112, 9.3).") // what stands above the first section
	is.Equal(len(d.Sections), 7)                                                                    // every section, in order
	s, ok := d.Section("expect")
	is.True(ok)
	is.Equal(s.Text, "hello\na\\b\n") // the text as in the file
	_, ok = d.Section("events")
	is.True(!ok) // a section that is not there
}

func TestTranscriptLineEnds(t *testing.T) {
	is := is.New(t)
	d := zreqtest.ParseTranscript("rule\r\n-- a --\r\none\r\n--b--\r\n-- c --\r\n")
	is.Equal(d.Rule, "rule")
	is.Equal(len(d.Sections), 2)                 // a section needs its spaces
	is.Equal(d.Sections[0].Text, "one\n--b--\n") // CR LF is a line end
	is.Equal(d.Sections[1].Text, "")             // a section may be empty
}

func TestSectionWire(t *testing.T) {
	for text, want := range map[string]string{
		"":                      "",
		"a\n\nb\n":              "a\r\n\r\nb\r\n",
		"a\\\nb\\\n":            "ab",
		"a\\n\\\n":              "a\n",
		"a\\\\\n":               "a\\\r\n",
		"\\x00\\xff\\r\\t\"'\n": "\x00\xff\r\t\"'\r\n",
		"\\q é\n":               "\\q é\r\n",
	} {
		t.Run(fmt.Sprintf("%q", text), func(t *testing.T) {
			is := is.New(t)
			got := zreqtest.Section{Text: text}.Wire()
			is.Equal(fmt.Sprintf("%q", got), fmt.Sprintf("%q", want)) // CR LF unless a backslash ends the line
		})
	}
}

func TestScript(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		d := zreqtest.Transcript(t, "testdata/keepalive.txt")
		peer := zreqtest.NewPeer(t, zreqtest.Script(d))
		c := dial(t, peer)
		defer c.Close()
		start := time.Now()
		_, _ = io.WriteString(c, "GET /manifest HTTP/1.1\r\nHost: device.test\r\n\r\n")
		_, _ = io.WriteString(c, "GET /image HTTP/1.1\r\n\r\n")
		got, err := io.ReadAll(c)
		is.NoErr(err)
		want := "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" +
			"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na\\b\r\n0\r\n\r\n"
		is.Equal(fmt.Sprintf("%q", got), fmt.Sprintf("%q", want)) // C: is expected, S: is sent, close ends it
		is.Equal(time.Since(start), time.Second)                  // pause pauses
	})
}

func TestScriptSteps(t *testing.T) {
	is := is.New(t)
	steps := zreqtest.Script(zreqtest.ParseTranscript("rule\n-- closewrite --\n-- reset --\n-- hold --\n-- note --\n"))
	is.Equal(len(steps), 3) // steps of that name; other sections are none

	r := new(recorder)
	peer := zreqtest.NewPeer(r, zreqtest.Script(zreqtest.ParseTranscript("-- pause long --\n")))
	c := dial(t, peer)
	peer.Wait()
	_ = c.Close()
	r.cleanup()
	is.Equal(len(r.errors), 1) // a pause that is no duration fails the test
}
