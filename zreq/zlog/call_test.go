package zlog_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"github.com/rs/zerolog"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zlog"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// TestCall: a call is one line at info, whatever its status.
func TestCall(t *testing.T) {
	is := is.New(t)
	b := new(book)
	peer := zreqtest.NewPeer(t, answering(page(200, "", "hello"), page(404, "Connection: close\r\n", "no")))
	s := &zreq.Session{Driver: peer, Trace: b.trace(zerolog.InfoLevel)}
	_, err := s.Post(context.Background(), site+"?q=1", &zreq.Args{Omit: []string{"User-Agent"}})
	is.NoErr(err)
	_, err = s.Get(context.Background(), site, nil)
	is.NoErr(err)
	lines := b.lines(t)
	is.Equal(len(lines), 2)                                          // one for each call
	is.True(lines[1]["call"].(float64) > lines[0]["call"].(float64)) // which has a number of its own
	sent := float64(len(peer.Requests()[0]))
	is.Equal(lines[0].without(t, "call", "elapsed"), line{
		"level": "info", "message": "request", "method": "POST", "url": site, "status": 200.0,
		"sent": sent, "received": 5.0, "reused": false, "attempts": 1.0,
	})
	sent = float64(len(peer.Requests()[1]))
	is.Equal(lines[1].without(t, "call", "elapsed"), line{
		"level": "info", "message": "request", "method": "GET", "url": site, "status": 404.0,
		"sent": sent, "received": 2.0, "reused": true, "attempts": 1.0, "closed": "the peer asked to close",
	})
	is.NoErr(s.Close())
}

// TestCallElapsed: the line of a call has the time of the whole call, in milliseconds;
// that of a Stream comes when its body has ended.
func TestCallElapsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		b := new(book)
		peer := zreqtest.NewPeer(t, []zreqtest.Step{
			zreqtest.Request(), zreqtest.Pause(2 * time.Second), zreqtest.Send(page(200, "", "hello")),
		})
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Trace: b.trace(zerolog.InfoLevel), Stream: true})
		is.NoErr(err)
		is.Equal(len(b.lines(t)), 0) // the call is not over
		time.Sleep(3 * time.Second)
		_, err = resp.Content()
		is.NoErr(err)
		lines := b.lines(t)
		is.Equal(len(lines), 1)
		is.Equal(lines[0]["elapsed"], 5000.0)
		is.Equal(lines[0]["received"], 5.0)
	})
}

// TestCallEnded: what became of a call decides the level of its line.
func TestCallEnded(t *testing.T) {
	body := page(200, "", "hello")
	for name, tt := range map[string]struct {
		timeout time.Duration
		cancel  time.Duration
		script  []zreqtest.Step
		level   string
		message string
		closed  any
		late    any
	}{
		"well":                    {0, 0, answering(body), "info", "request", "the request asked to close", nil},
		"cancelled":               {0, time.Second, []zreqtest.Step{zreqtest.Hold()}, "info", "request cancelled", "the context ended", nil},
		"cancelled while dialled": {0, time.Second, []zreqtest.Step{zreqtest.NoAnswer()}, "info", "request cancelled", nil, nil},
		"out of time":             {time.Second, 0, []zreqtest.Step{zreqtest.Hold()}, "error", "request failed", "the context ended", true},
		"silent":                  {0, 0, []zreqtest.Step{zreqtest.Hold()}, "error", "request failed", "the exchange failed", true},
		"refused":                 {0, 0, []zreqtest.Step{zreqtest.Refuse()}, "error", "request failed", nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				b := new(book)
				ctx, cancel := context.WithCancelCause(context.Background())
				defer cancel(nil)
				if tt.cancel > 0 {
					defer time.AfterFunc(tt.cancel, func() { cancel(errors.New("the program ends")) }).Stop()
				}
				if tt.timeout > 0 {
					limited, stop := context.WithTimeout(ctx, tt.timeout)
					defer stop()
					ctx = limited
				}
				_, _ = zreq.Get(ctx, site, &zreq.Args{Driver: zreqtest.NewPeer(t, tt.script), Trace: b.trace(zerolog.InfoLevel)})
				lines := b.lines(t)
				is.Equal(len(lines), 1)
				is.Equal(lines[0]["level"], tt.level)
				is.Equal(lines[0]["message"], tt.message)
				is.Equal(lines[0]["closed"], tt.closed) // only a connection that was there
				is.Equal(lines[0]["timeout"], tt.late)
			})
		})
	}
}

// TestCallPanics: a callback that panics leaves a line that is not that of a call
// that went well, and its words are not in it.
func TestCallPanics(t *testing.T) {
	is := is.New(t)
	b := new(book)
	peer := zreqtest.NewPeer(t, answering(page(200, "", "hello")))
	func() {
		defer func() { is.Equal(recover(), "s3cret") }()
		_, _ = zreq.Get(context.Background(), site, &zreq.Args{
			Driver: peer, Trace: b.trace(zerolog.DebugLevel), StreamCallback: func([]byte) error { panic("s3cret") },
		})
	}()
	lines := b.lines(t)
	last := lines[len(lines)-1]
	is.True(last["level"] != "info")
	is.True(last["attempts"] != nil) // it is the line of the call
	is.Equal(last["closed"], "the exchange failed")
}

// TestInfoIsOneLine: a call is one line, whatever it takes to make it: redirects,
// attempts, a dead connection, a 1xx.
func TestInfoIsOneLine(t *testing.T) {
	is := is.New(t)
	b := new(book)
	peer := zreqtest.NewPeer(t,
		append(answering(page(200, "", "a")), zreqtest.Close()),
		answering(page(503, "", "busy"), page(302, "Location: /y\r\n", ""), "HTTP/1.1 103 Early Hints\r\n\r\n"+page(200, "", "b")),
	)
	s := &zreq.Session{Driver: peer, Trace: b.trace(zerolog.InfoLevel), Retry: zreq.Retry{Wait: -1}}
	for range 2 {
		_, err := s.Get(context.Background(), site, nil)
		is.NoErr(err)
	}
	is.NoErr(s.Close())
	is.Equal(messages(b.lines(t)), []string{"request", "request"}) // one for each call
	is.Equal(b.lines(t)[1]["attempts"], 2.0)                       // which says what it took
}

// TestLoggerOfTheDocumentation: the logger that a reader copies has a level, since that
// of zerolog.New lets every event pass.
func TestLoggerOfTheDocumentation(t *testing.T) {
	is := is.New(t)
	text, err := os.ReadFile("doc.go")
	is.NoErr(err) // it is there
	found := false
	for line := range strings.Lines(string(text)) {
		if strings.Contains(line, "zerolog.New(") {
			found = true
			is.True(strings.Contains(line, ".Level(zerolog.InfoLevel)")) // one line for each call
		}
	}
	is.True(found) // there is such a line
}

// TestLevels: what is off is not written, and a logger that writes nothing does no harm.
func TestLevels(t *testing.T) {
	is := is.New(t)
	count := func(trace zreq.Trace, b *book) int {
		peer := zreqtest.NewPeer(t, answering(page(200, "", "hello")), []zreqtest.Step{zreqtest.Refuse()})
		for range 2 {
			_, _ = zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Trace: trace})
		}
		return len(b.lines(t))
	}
	for level, want := range map[zerolog.Level]int{
		zerolog.DebugLevel: 8 + 3, zerolog.InfoLevel: 2, zerolog.WarnLevel: 1, zerolog.ErrorLevel: 1,
		zerolog.FatalLevel: 0, zerolog.Disabled: 0,
	} {
		b := new(book)
		is.Equal(count(b.trace(level), b), want) // lines from that level on
	}
	is.Equal(count(zlog.New(zerolog.Logger{}), new(book)), 0) // the zero Logger
	is.Equal(count(zlog.New(zerolog.Nop()), new(book)), 0)
}

// TestConcurrency: calls that are made at once do not mix in their lines.
func TestConcurrency(t *testing.T) {
	const goroutines, each = 16, 50
	is := is.New(t)
	var scripts [][]zreqtest.Step
	for range goroutines {
		var responses []string
		for range goroutines * each { // one may serve them all
			responses = append(responses, page(200, "", "hello"))
		}
		scripts = append(scripts, answering(responses...))
	}
	b := new(book)
	s := &zreq.Session{Driver: zreqtest.NewPeer(t, scripts...), Trace: b.trace(zerolog.DebugLevel)}
	s.Pool.OpenPerOrigin, s.Pool.Open = goroutines, goroutines
	var calls sync.WaitGroup
	for g := range goroutines {
		calls.Go(func() {
			for i := range each {
				body := strings.NewReader(strings.Repeat("x", i))
				if _, err := s.Put(context.Background(), fmt.Sprintf("http://device.test/%d-%d", g, i), &zreq.Args{Body: body}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	calls.Wait()
	is.NoErr(s.Close())
	urls := map[any]any{} // by call
	done := map[any]bool{}
	for _, l := range b.lines(t) {
		if l["call"] == nil {
			continue // an idle connection was closed
		}
		if url, ok := urls[l["call"]]; ok {
			is.Equal(url, l["url"]) // the number names the call
		}
		urls[l["call"]] = l["url"]
		if l["level"] == "info" {
			is.True(!done[l["url"]])
			done[l["url"]] = true
		}
	}
	is.Equal(len(urls), goroutines*each)
	is.Equal(len(done), goroutines*each) // each call has one line
}
