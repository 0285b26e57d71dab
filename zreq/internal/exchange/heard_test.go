package exchange_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/internal/exchange"
	"github.com/zreq-go/zreq/zreq/wire"
)

// TestReason: when a request cannot be sent, the peer may say why, and that is the answer.
// If it does not, the failure is what there is to say.
func TestReason(t *testing.T) {
	reset := errors.New("broken pipe")
	alert := errors.New("remote error: tls: bad certificate")
	for name, tt := range map[string]struct {
		says  []say
		tls   bool
		takes int // bytes, before it breaks
		limit bool
		want  string // steps or cause
		after time.Duration
	}{
		"an answer":             {[]say{{wait: 900 * time.Millisecond, text: tooLarge}}, false, 100, false, "413", 900 * time.Millisecond},
		"hints and an answer":   {[]say{{wait: time.Millisecond, text: hint + tooLarge}}, false, 100, false, "103 413", time.Millisecond},
		"silence":               {nil, false, 100, false, "Broken: broken pipe", time.Second},
		"an answer too late":    {[]say{{wait: 1200 * time.Millisecond, text: tooLarge}}, false, 100, false, "Broken: broken pipe", time.Second},
		"the end":               {[]say{{wait: 1, err: io.EOF}}, false, 100, false, "Broken: broken pipe", 1},
		"another error":         {[]say{{wait: 1, err: alert}}, false, 100, false, "Broken: broken pipe", 1},
		"an alert over TLS":     {[]say{{wait: 1, err: alert}}, true, 100, false, "Broken: " + alert.Error(), 1},
		"the end over TLS":      {[]say{{wait: 1, err: io.EOF}}, true, 100, false, "Broken: broken pipe", 1},
		"silence over TLS":      {nil, true, 100, false, "Broken: broken pipe", time.Second},
		"half a head over TLS":  {[]say{{wait: 1, text: "HTTP/1.1 4", err: alert}}, true, 100, false, "Broken: broken pipe", 1},
		"nothing has left":      {[]say{{wait: 1, text: tooLarge}}, false, 0, false, "Broken: broken pipe", 0},
		"the limit is over":     {[]say{{wait: 11190 * time.Millisecond, text: tooLarge}}, false, 100, true, "413", 10 * time.Second},
		"over TLS, it is over":  {nil, true, 100, true, "none: timeout: Timeouts.Write of 10s is over: i/o timeout", 10 * time.Second},
		"the limit, and no one": {nil, false, 100, true, "none: timeout: Timeouts.Write of 10s is over: i/o timeout", 10 * time.Second},
	} {
		inBubble(t, name, func(t *testing.T) {
			is := is.New(t)
			r := newRig(t, limits())
			r.wrap = bare
			if tt.tls {
				r.route.TLS = aTLS{}
			}
			began := time.Now()
			r.takes = func(p []byte) (int, error) {
				switch {
				case r.sent.Len() < tt.takes:
					if tt.limit && r.says == nil {
						r.says = tt.says
						_, _ = r.now()
					}
					return min(len(p), tt.takes-r.sent.Len()), nil
				case tt.limit:
					return 0, r.pause(time.Hour)
				}
				r.says = tt.says
				return 0, reset
			}
			r.request("POST", "", bytes.NewReader(make([]byte, 50_000)), 50_000, true)
			r.attach(false)
			_, err := r.send(context.Background())
			is.True(err != nil)
			steps, err := r.readHead(context.Background())
			if err != nil {
				steps = cause(err)
			}
			is.Equal(strings.TrimSpace(steps), tt.want)
			took := time.Since(began)
			is.True(took >= tt.after && took <= tt.after+max(tt.after/8, time.Millisecond))
			is.Equal(r.x.Reuse(), wire.CloseUnsent)
		})
	}
}

// TestEarlyAnswer: an answer that comes while a write is blocked, or between two writes
// where the driver cannot look, is seen within 100 ms or so.
func TestEarlyAnswer(t *testing.T) {
	for name, wrap := range map[string]func(*peer) netdriver.Conn{"looks": looks, "bare": bare} {
		inBubble(t, name, func(t *testing.T) {
			is := is.New(t)
			said := goOn + tooLarge // of which one byte comes alone
			r := newRig(t, limits(), say{after: "\r\n\r\n", wait: 4 * time.Second, text: said[:1]}, say{wait: time.Second, text: said[1:]})
			r.wrap = wrap
			r.takes = func(p []byte) (int, error) {
				switch {
				case strings.HasPrefix(string(p), "POST"):
					return len(p), nil
				case name == "looks":
					return 0, r.pause(time.Hour)
				}
				time.Sleep(10 * time.Millisecond)
				return len(p), nil
			}
			r.request("POST", "", io.LimitReader(zeros{}, 1<<30), 1<<30, false)
			r.attach(false)
			began := time.Now()
			steps, err := r.run(context.Background())
			is.NoErr(err)
			is.Equal(steps, "SentHead 100 413")
			is.True(time.Since(began) <= 5*time.Second+200*time.Millisecond) // the second runs from when the first was heard
			is.Equal(r.x.Reuse(), wire.CloseUnsent)
		})
	}
}

// zeros is a body without an end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestHeardWhileSending: what becomes of the connection while a body is sent.
func TestHeardWhileSending(t *testing.T) {
	reset := errors.New("reset")
	for name, tt := range map[string]struct {
		says []say
		want string
		bare string // where the driver cannot look: only bytes are heard then
	}{
		"the end":                 {[]say{{after: "\r\n\r\n", err: io.EOF}}, "SentHead Broken: connection closed before any response: EOF", "SentHead Sent"},
		"reset":                   {[]say{{after: "\r\n\r\n", err: reset}}, "SentHead Broken: reset", "SentHead Sent"},
		"the end, behind a hint":  {[]say{{after: "\r\n\r\n", text: hint}, {err: io.EOF}}, "SentHead 103 Truncated: unexpected EOF", "SentHead 103 Sent"},
		"reset, behind a hint":    {[]say{{after: "\r\n\r\n", text: hint}, {err: reset}}, "SentHead 103 Broken: reset", "SentHead 103 Sent"},
		"the end, with a hint":    {[]say{{after: "\r\n\r\n", text: hint[:20], err: io.EOF}}, "SentHead Truncated: unexpected EOF", "SentHead Sent"},
		"no HTTP":                 {[]say{{after: "\r\n\r\n", text: "SSH-2.0\r\n\r\n"}}, "SentHead BadResponse: malformed status line (RFC 9112, 4)", "SentHead BadResponse: malformed status line (RFC 9112, 4)"},
		"half a head":             {[]say{{after: "\r\n\r\n", text: tooLarge[:20]}, {text: tooLarge[20:]}}, "SentHead 413", "SentHead 413"},
		"half a head, and no end": {[]say{{after: "\r\n\r\n", text: tooLarge[:20]}}, "SentHead Sent", "SentHead Sent"},
	} {
		for kind, wrap := range map[string]func(*peer) netdriver.Conn{"looks": looks, "bare": bare} {
			inBubble(t, name+"/"+kind, func(t *testing.T) {
				is := is.New(t)
				r := newRig(t, limits(), tt.says...)
				r.wrap = wrap
				r.takes = func(p []byte) (int, error) { time.Sleep(20 * time.Millisecond); return len(p), nil }
				r.request("POST", "", bytes.NewReader(make([]byte, 50_000)), 50_000, false)
				r.attach(false)
				steps, err := r.send(context.Background())
				if err != nil {
					steps += cause(err)
				}
				is.Equal(strings.TrimSpace(steps), map[string]string{"looks": tt.want, "bare": tt.bare}[kind])
			})
		}
	}
}

// TestUnreadAndBroken: what a look has found a read may not give.
func TestUnreadAndBroken(t *testing.T) {
	is := is.New(t)
	r := newRig(t, limits(), say{after: "\r\n\r\n", err: errors.New("reset")})
	r.takes = func(p []byte) (int, error) { r.unread = true; return len(p), nil }
	r.request("POST", "", strings.NewReader("abc"), 3, false)
	r.attach(false)
	steps, err := r.send(context.Background())
	is.Equal(steps, "SentHead ")
	is.Equal(cause(err), "Broken: reset")

	r = newRig(t, limits())
	r.takes = func(p []byte) (int, error) {
		r.unread, r.broken = true, errors.New("no deadline")
		return len(p), nil
	}
	r.onOp = func() {
		if r.looks > 10 {
			t.Fatal("it looks for ever")
		}
	}
	r.request("POST", "", strings.NewReader("abc"), 3, false)
	r.attach(false)
	_, err = r.send(context.Background())
	is.Equal(cause(err), "Broken: no deadline")
}

// TestCancelAnywhere: wherever the context ends, the exchange ends then and there.
func TestCancelAnywhere(t *testing.T) {
	for ended := 0; ; ended++ {
		done := false
		inBubble(t, "", func(t *testing.T) {
			is := is.New(t)
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			r := newRig(t, limits(), say{after: "\r\n\r\n", wait: time.Millisecond, text: goOn},
				say{after: "789", wait: time.Second, text: hint}, say{wait: time.Second, text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"}, say{wait: time.Second, text: "hello"})
			r.wrap = func(p *peer) netdriver.Conn {
				return holding{looking{p}, func() int { p.op(); return max(0, 2-p.reads) }}
			}
			r.request("POST", exchange.Expectation, strings.NewReader("0123456789"), 10, true)
			s := r.attach(false)
			stop, ops := s.Watch(ctx), 0
			defer stop()
			var at time.Time
			r.onOp = func() {
				if ops++; ops == ended+1 {
					cancel()
					at = time.Now()
				}
			}
			_, err := r.run(ctx)
			if err == nil {
				r.x.BeginBody()
				_, _, err = r.readAll(ctx, nil)
			}
			if at.IsZero() {
				is.NoErr(err)
				done = true
				return
			}
			if err != nil {
				is.True(time.Since(at) <= 2*time.Millisecond)
				is.True(r.x.Reuse() != wire.CloseNone)
			} else {
				is.True(ops-ended < 4) // it was about to end
			}
		})
		if done {
			is.New(t).True(ended > 5) // there are so many operations
			return
		}
	}
}
