package exchange_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/internal/exchange"
	"github.com/zreq-go/zreq/zreq/wire"
)

// TestReuse: each reason for which a connection cannot be used again.
func TestReuse(t *testing.T) {
	for name, tt := range map[string]struct {
		fields string
		says   string
		err    error // with the last bytes
		unread bool
		want   wire.CloseReason
	}{
		"none":             {says: ok},
		"no body":          {says: empty},
		"we asked":         {fields: "Connection: close\r\n", says: ok, want: wire.CloseRequested},
		"the peer asks":    {says: "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", want: wire.CloseByPeer},
		"it allows none":   {says: "HTTP/1.1 200 OK\r\nKeep-Alive: max=0\r\nContent-Length: 0\r\n\r\n", want: wire.CloseByPeer},
		"no time":          {says: "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=0\r\nContent-Length: 0\r\n\r\n", want: wire.CloseByPeer},
		"HTTP/1.0":         {says: "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", want: wire.CloseHTTP10},
		"HTTP/1.0, kept":   {says: "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n"},
		"until close":      {says: framed("close", "hi"), err: io.EOF, want: wire.CloseUnframed},
		"in doubt":         {says: "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", want: wire.CloseDoubt},
		"unread":           {says: ok, unread: true, want: wire.CloseUnread},
		"something behind": {says: ok + "x", want: wire.CloseLeftover},
		"it ends behind":   {says: ok, err: io.EOF, want: wire.CloseDied},
		"it dies behind":   {says: ok, err: errors.New("reset"), want: wire.CloseDied},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			r := newRig(t, limits(), say{after: "\r\n\r\n", text: tt.says, err: tt.err})
			r.request("GET", tt.fields, nil, 0, false)
			r.attach(false)
			_, err := r.run(context.Background())
			is.NoErr(err)
			if !tt.unread {
				_, _, err = r.readAll(context.Background(), nil)
				is.NoErr(err)
			}
			is.Equal(r.x.Reuse(), tt.want)
		})
	}
}

// TestDrain: the rest of a response that nobody wants is read if that costs little.
func TestDrain(t *testing.T) {
	chunk := "10\r\n0123456789abcdef\r\n"
	chunked := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	length := func(n int) string { return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", n) }
	for name, tt := range map[string]struct {
		fields string
		says   []say
		want   wire.CloseReason
		reads  int // behind the head; -1: it does not matter
		after  time.Duration
	}{
		"held":               {says: []say{{text: ok}}, reads: 0},
		"little":             {says: []say{{text: length(4096)}, {text: strings.Repeat("x", 4096)}}, reads: 8},
		"a little more":      {says: []say{{text: length(4097)}, {text: strings.Repeat("x", 4097)}}, want: wire.CloseUnread, reads: 0},
		"most of it is held": {says: []say{{text: length(4097) + "x"}, {text: strings.Repeat("x", 4096)}}, reads: 8},
		"chunks, held":       {says: []say{{text: chunked + chunk + chunk + "0\r\n\r\n"}}, reads: 0},
		"chunks":             {says: []say{{text: chunked + chunk}, {text: "0\r\n\r\n"}}, want: wire.CloseUnread, reads: 0},
		"until close":        {says: []say{{text: framed("close", "hi"), err: io.EOF}}, want: wire.CloseUnread, reads: 0},
		"we close anyway":    {fields: "Connection: close\r\n", says: []say{{text: length(5)}, {text: "hello"}}, want: wire.CloseRequested, reads: 0},
		"slow":               {says: []say{{text: length(5)}, {wait: 900 * time.Millisecond, text: "hello"}}, reads: 1, after: 900 * time.Millisecond},
		"too slow":           {says: []say{{text: length(5)}, {wait: 1200 * time.Millisecond, text: "hello"}}, want: wire.CloseUnread, reads: 1, after: time.Second},
		"a fault":            {says: []say{{text: chunked + "xyz"}}, want: wire.CloseFailed, reads: 0},
		"the end":            {says: []say{{text: length(5)}, {text: "hell", err: io.EOF}}, want: wire.CloseUnread, reads: -1},
	} {
		inBubble(t, name, func(t *testing.T) {
			is := is.New(t)
			tt.says[0].after = "\r\n\r\n"
			r := newRig(t, limits(), tt.says...)
			r.request("GET", tt.fields, nil, 0, false)
			r.attach(false)
			_, err := r.run(context.Background())
			is.NoErr(err)
			r.reads = 0
			began := time.Now()
			r.x.Drain(context.Background())
			is.Equal(r.x.Reuse(), tt.want)
			if tt.reads >= 0 {
				is.Equal(r.reads, tt.reads)
			}
			is.True(time.Since(began) >= tt.after && time.Since(began) <= tt.after*9/8)
		})
	}
	is := is.New(t)
	r := newRig(t, limits(), say{after: "\r\n\r\n", text: length(5)}, say{text: "hello"})
	_, err := r.get()
	is.NoErr(err)
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	r.x.Drain(ended)
	is.Equal(r.x.Reuse(), wire.CloseUnread)
}

// TestIsIdleTimeout: a 408 is the word of a server that gives up an idle connection only if
// nothing speaks against it.
func TestIsIdleTimeout(t *testing.T) {
	const closes = "Connection: close\r\nContent-Length: 0\r\n\r\n"
	for name, tt := range map[string]struct {
		head   string
		reused bool
		begun  int // requests before
		body   string
		want   bool
	}{
		"it gave up":          {"HTTP/1.1 408 Request Timeout\r\n" + closes, true, 1, "", true},
		"a body was not sent": {"HTTP/1.1 408 Request Timeout\r\n" + closes, true, 1, "-", true},
		"a body was sent":     {"HTTP/1.1 408 Request Timeout\r\n" + closes, true, 1, "abc", false},
		"another status":      {"HTTP/1.1 407 Request Timeout\r\n" + closes, true, 1, "", false},
		"it stays open":       {"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n", true, 1, "", false},
		"a new connection":    {"HTTP/1.1 408 Request Timeout\r\n" + closes, false, 1, "", false},
		"the first request":   {"HTTP/1.1 408 Request Timeout\r\n" + closes, true, 0, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			r := newRig(t, limits())
			r.says = []say{{after: "\r\n\r\n" + strings.Trim(tt.body, "-"), text: tt.head}}
			if tt.body == "" {
				r.request("POST", "", nil, 0, false)
			} else {
				r.request("POST", "", strings.NewReader("abc"), 3, tt.body == "abc")
			}
			s := r.attach(tt.reused)
			if tt.begun > 0 {
				s.BeginRequest(false) // attach began another
			}
			_, err := r.run(context.Background())
			is.NoErr(err)
			is.Equal(r.x.IsIdleTimeout(), tt.want)
		})
	}
}

// TestLowSpeed: the least that has to move is asked of bodies, in either direction, and of
// nothing else.
func TestLowSpeed(t *testing.T) {
	l := limits()
	l.LowBytes, l.LowTime = 1000, 2*time.Second
	inBubble(t, "of a response", func(t *testing.T) {
		is := is.New(t)
		r := newRig(t, l, say{after: "\r\n\r\n", wait: 10 * time.Second, text: "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\nx"})
		_, err := r.get()
		is.NoErr(err) // the head has its own time
		r.x.BeginBody()
		_, _, err = r.readAll(context.Background(), nil)
		is.True(strings.HasPrefix(cause(err), "none: timeout: Timeouts.LowSpeed of 2s is over"))
	})
	inBubble(t, "of a request", func(t *testing.T) {
		is := is.New(t)
		r := newRig(t, l)
		r.takes = func(p []byte) (int, error) {
			if strings.HasPrefix(string(p), "POST") {
				return len(p), nil
			}
			return 0, r.pause(time.Hour)
		}
		r.request("POST", "", strings.NewReader("abc"), 3, false)
		r.attach(false)
		_, err := r.run(context.Background())
		is.True(strings.HasPrefix(cause(err), "none: timeout: Timeouts.LowSpeed of 2s is over"))
	})
	inBubble(t, "of each by itself", func(t *testing.T) {
		is := is.New(t)
		r := newRig(t, l,
			say{after: "abc", text: "HTTP/1.1 200 OK\r\nContent-Length: 1500\r\n\r\nx"},
			say{wait: time.Second, text: strings.Repeat("y", 1499)})
		due := time.Now().Add(1900 * time.Millisecond) // of 2 s
		r.takes = func(p []byte) (int, error) {
			if !strings.HasPrefix(string(p), "POST") {
				if err := r.pause(time.Until(due)); err != nil {
					return 0, err
				}
			}
			return len(p), nil
		}
		r.request("POST", "", strings.NewReader("abc"), 3, false)
		r.attach(false)
		_, err := r.run(context.Background())
		is.NoErr(err)
		r.x.BeginBody()
		_, _, err = r.readAll(context.Background(), nil)
		is.NoErr(err) // the time of the request does not count
	})
}

// TestZero: an Exchange that was never opened can be closed.
func TestZero(t *testing.T) {
	var x exchange.Exchange
	x.Close()
	var _ netdriver.EndProver = proving{}
	kind, err := exchange.KindOf(io.EOF)
	is.New(t).True(kind == nil && err == io.EOF)
}

// TestWideWindow: the window becomes a wide one for a long body of which more is there than
// it takes, and for no other.
func TestWideWindow(t *testing.T) {
	const window, wide, long = 512, 4096, 400 << 10
	for name, tt := range map[string]struct {
		size, wide, most int
		tls              netdriver.TLS
		want             int
	}{
		"a long body":                        {size: long, wide: wide, want: wide},
		"a body that is not long":            {size: 256 << 10, wide: wide, want: window},
		"a body that comes slowly":           {size: long, wide: wide, most: window - 1, want: window},
		"TLS, which gives one record":        {size: long, wide: wide, tls: aTLS{}, want: window},
		"a window that the caller has sized": {size: long, want: window},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			l, body := limits(), numbers(tt.size)
			l.WideBuffer = tt.wide
			r := newRig(t, l, say{after: "\r\n\r\n", text: framed("length", body)})
			r.most, r.route.TLS = tt.most, tt.tls
			_, err := r.get()
			is.NoErr(err)
			r.x.BeginBody()
			got, _, err := r.readAll(context.Background(), nil)
			is.NoErr(err)
			is.True(got == body)      // the window moves nothing out of its place
			is.Equal(r.room, tt.want) // bytes
		})
	}
}
