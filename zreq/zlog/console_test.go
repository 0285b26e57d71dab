package zlog_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/rs/zerolog"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zlog"
)

// TestConsole: what a server says breaks no line, as JSON or for the eye.
func TestConsole(t *testing.T) {
	is := is.New(t)
	const evil = "a\x1b[31m\rb\nlevel=error \x00\u009b\u2028\xff\"}"
	b, console := new(book), new(book)
	both := zerolog.MultiLevelWriter(b, zerolog.ConsoleWriter{Out: console, NoColor: true})
	trace := zlog.New(zerolog.New(both))
	trace.Trace(zreq.Event{Kind: zreq.EventDone, Call: 1, Method: evil, URL: evil, Err: fmt.Errorf("server says %s", evil)})
	is.Equal(len(b.lines(t)), 1) // one line, which is JSON
	text := console.String()
	is.Equal(strings.Count(text, "\n"), 1)
	for _, c := range strings.TrimSuffix(text, "\n") {
		is.True(c >= ' ' && c != 0x7f && (c < 0x80 || c > 0x9f)) // nothing that a terminal obeys
	}
}
