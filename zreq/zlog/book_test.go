package zlog_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"github.com/rs/zerolog"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zlog"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

const site = "http://device.test/x"

// A book is a log in memory.
type book struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
}

func (b *book) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *book) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// trace is a Trace that writes into the book from a level on.
func (b *book) trace(level zerolog.Level) zreq.Trace { return zlog.New(zerolog.New(b).Level(level)) }

// A line is one line of a log.
type line map[string]any

// lines are those of the book, each of which is a JSON object of its own.
func (b *book) lines(t *testing.T) (all []line) {
	t.Helper()
	for text := range bytes.Lines([]byte(b.String())) {
		var l line
		if err := json.Unmarshal(text, &l); err != nil {
			t.Fatalf("%v in %q", err, text)
		}
		all = append(all, l)
	}
	return all
}

// without is l less fields whose values differ from run to run, which it must have.
func (l line) without(t *testing.T, names ...string) line {
	t.Helper()
	for _, name := range names {
		if _, ok := l[name].(float64); !ok {
			t.Errorf("%s is %v, and no number", name, l[name])
		}
		delete(l, name)
	}
	return l
}

// messages are those of lines, in their order.
func messages(lines []line) (all []string) {
	for _, l := range lines {
		all = append(all, l["message"].(string))
	}
	return all
}

// with are the lines with that message.
func with(message string, lines []line) (some []line) {
	for _, l := range lines {
		if l["message"] == message {
			some = append(some, l)
		}
	}
	return some
}

// page is a response with a length.
func page(status int, fields, body string) string {
	return fmt.Sprintf("HTTP/1.1 %d X\r\n%sContent-Length: %d\r\n\r\n%s", status, fields, len(body), body)
}

// answering is a script that answers request after request and stays open.
func answering(responses ...string) (steps []zreqtest.Step) {
	for _, r := range responses {
		steps = append(steps, zreqtest.Request(), zreqtest.Send(r))
	}
	return steps
}
