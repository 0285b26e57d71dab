package zlog_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"github.com/rs/zerolog"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// TestFault: a call that failed says so in fields.
func TestFault(t *testing.T) {
	for name, tt := range map[string]struct {
		script []zreqtest.Step
		args   zreq.Args
		want   line // beside what each line has
	}{
		"refused": {
			script: []zreqtest.Step{zreqtest.Refuse()},
			want:   line{"received": 0.0, "phase": "dial", "kind": "connection failed", "cause": "connection refused"},
		},
		"truncated": {
			script: []zreqtest.Step{
				zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"), zreqtest.Close(),
			},
			args: zreq.Args{StreamChunk: 2, StreamCallback: func([]byte) error { return nil }},
			want: line{
				"received": 5.0, "status": 200.0, "closed": "the exchange failed", "phase": "body",
				"kind": zreq.ErrTruncated.Error(), "cause": "after 5 of 9 bytes: unexpected EOF", "taken": 4.0,
			},
		},
		"silent": {
			script: []zreqtest.Step{zreqtest.Hold()},
			args:   zreq.Args{Timeouts: zreq.Timeouts{Head: time.Second}},
			want: line{
				"received": 0.0, "closed": "the exchange failed", "phase": "head",
				"cause": "timeout: Timeouts.Head of 1s is over: i/o timeout", "timeout": true,
			},
		},
		"no HTTP": {
			script: answering("SSH-2.0-x\r\n\r\n"),
			want: line{
				"received": 0.0, "closed": "the exchange failed", "phase": "head", "kind": "bad response",
				"cause": "malformed status line (RFC 9112, 4)",
			},
		},
		"stopped by an error of ours, of another call": {
			script: answering(page(200, "", "hello")),
			args: zreq.Args{StreamCallback: func([]byte) error {
				_, err := zreq.Get(context.Background(), "http://:x", nil)
				return err
			}},
			want: line{
				"received": 5.0, "status": 200.0, "closed": "the callback stopped the transfer", "phase": "body",
				"cause": "zreq: request: GET: invalid request: no host in the URL, between // and the path",
			},
		},
		"no request": {
			args: zreq.Args{Headers: zreq.Headers{{"a b", "s3cret"}}},
			want: line{"received": 0.0, "phase": "request", "kind": "invalid request"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				b := new(book)
				tt.args.Driver, tt.args.Trace = zreqtest.NewPeer(t, tt.script), b.trace(zerolog.InfoLevel)
				_, err := zreq.Get(context.Background(), site, &tt.args)
				var of *zreq.Error
				is.True(errors.As(err, &of))
				lines := b.lines(t)
				is.Equal(len(lines), 1)
				for k, v := range (line{
					"level": "error", "message": "request failed", "method": "GET", "url": site, "reused": false, "attempts": 1.0,
				}) {
					tt.want[k] = v
				}
				tt.want["sent"] = float64(of.Sent)
				if tt.want["cause"] == nil {
					tt.want["cause"] = of.Err.Error() // which wire words as it likes
				}
				is.Equal(lines[0].without(t, "call", "elapsed"), tt.want)
			})
		})
	}
}

// TestFaultOfRetries: a call that ran out of retries has each of its attempts.
func TestFaultOfRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		b := new(book)
		peer := zreqtest.NewPeer(t,
			[]zreqtest.Step{zreqtest.Refuse()},
			answering(page(503, "Retry-After: 3\r\nConnection: close\r\n", "")),
			[]zreqtest.Step{zreqtest.Hold()})
		s := &zreq.Session{Driver: peer, Trace: b.trace(zerolog.InfoLevel), Retry: zreq.Retry{Wait: -1, Attempts: 3}}
		s.Timeouts.Head = time.Second
		_, err := s.Get(context.Background(), site, nil)
		is.True(errors.Is(err, zreq.ErrOutOfRetries))
		lines := b.lines(t)
		is.Equal(len(lines), 1) // at info, nothing but the line of the call
		got := lines[0]
		is.Equal(got["level"], "error")
		is.Equal(got["attempts"], 3.0)
		is.Equal(got["kind"], "out of retries")
		is.Equal(got["why"], "no attempt is left")
		const late = "timeout: Timeouts.Head of 1s is over: i/o timeout"
		is.Equal(got["cause"], late) // the last one's
		is.Equal(got["phase"], "head")
		is.Equal(got["timeout"], true)
		is.Equal(got["tries"], []any{
			map[string]any{"phase": "dial", "kind": "connection failed", "cause": "connection refused", "wait": 0.0},
			map[string]any{"phase": "head", "status": 503.0, "wait": 3000.0},
			map[string]any{"phase": "head", "cause": late, "timeout": true, "wait": 0.0},
		})
	})
}

// TestFaultOfStatus: where the last attempt was a status, the line has that.
func TestFaultOfStatus(t *testing.T) {
	is := is.New(t)
	b := new(book)
	peer := zreqtest.NewPeer(t, answering(page(503, "", ""), page(429, "", "")))
	s := &zreq.Session{Driver: peer, Trace: b.trace(zerolog.InfoLevel), Retry: zreq.Retry{Wait: -1, Attempts: 2}}
	resp, err := s.Get(context.Background(), site, nil)
	is.True(errors.Is(err, zreq.ErrOutOfRetries))
	is.Equal(resp.Status, 429)
	got := b.lines(t)[0]
	is.Equal(got["level"], "error")
	is.Equal(got["status"], 429.0)
	is.Equal(got["tries"], []any{
		map[string]any{"phase": "head", "status": 503.0, "wait": 0.0},
		map[string]any{"phase": "head", "status": 429.0, "wait": 0.0},
	})
	is.NoErr(s.Close())
}

// TestFaultOfAnEndedWait: a context that ends while a call waits for its next attempt
// is the cause.
func TestFaultOfAnEndedWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		b := new(book)
		peer := zreqtest.NewPeer(t, answering(page(503, "Retry-After: 20\r\n", "")))
		s := &zreq.Session{Driver: peer, Trace: b.trace(zerolog.InfoLevel)}
		ctx, cancel := context.WithCancelCause(context.Background())
		defer time.AfterFunc(time.Second, func() { cancel(errors.New("the program ends")) }).Stop()
		_, err := s.Get(ctx, site, nil)
		is.True(errors.Is(err, zreq.ErrOutOfRetries))
		is.NoErr(s.Close())
		got := b.lines(t)[0]
		is.Equal(got["message"], "request cancelled")
		is.Equal(got["phase"], "wait")
		is.Equal(got["cause"], "the program ends")
		is.Equal(got["why"], "the context ended before the next")
		is.Equal(len(got["tries"].([]any)), 1)
	})
}

// TestFaultByItsCause: a cause that is one of the Err values is a kind as well.
func TestFaultByItsCause(t *testing.T) {
	is := is.New(t)
	b := new(book)
	_, err := zreq.Get(context.Background(), secure(site), &zreq.Args{Driver: zreqtest.NewPeer(t), Trace: b.trace(zerolog.InfoLevel)})
	is.True(errors.Is(err, zreq.ErrNoTLS))
	is.Equal(b.lines(t)[0]["kind"], zreq.ErrNoTLS.Error())
}

// TestFaultIsNoCall: what is no *zreq.Error is its text.
func TestFaultIsNoCall(t *testing.T) {
	is := is.New(t)
	b := new(book)
	b.trace(zerolog.InfoLevel).Trace(zreq.Event{Kind: zreq.EventDone, Call: 1, Attempt: 1, Err: io.ErrClosedPipe})
	is.Equal(b.lines(t), []line{{
		"level": "error", "message": "request failed", "call": 1.0, "sent": 0.0, "received": 0.0, "elapsed": 0.0,
		"reused": false, "attempts": 1.0, "cause": "io: read/write on closed pipe",
	}})
}
