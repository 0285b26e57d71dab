package exchange_test

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/internal/exchange"
	"github.com/zreq-go/zreq/zreq/wire"
)

const (
	ok       = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
	empty    = "HTTP/1.1 204 No Content\r\n\r\n"
	goOn     = "HTTP/1.1 100 Continue\r\n\r\n"
	hint     = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
	tooLarge = "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n"
)

// onlyReader is a body that is a Reader and nothing else.
type onlyReader struct{ io.Reader }

// TestSteps: what is told of a request on its way, in this order, and what has been sent.
func TestSteps(t *testing.T) {
	const head = "POST / HTTP/1.1\r\nHost: h\r\n"
	long := strings.Repeat("0123456789", 500)
	for name, tt := range map[string]struct {
		says   []say
		fields string
		body   string // "-" for none
		size   int64
		ready  bool
		before func(r *rig)
		steps  string
		sent   string // of the request; "": it is not looked at
		writes int    // 0: they are not looked at
		reuse  wire.CloseReason
	}{
		"no body":              {says: []say{{after: "\r\n\r\n", text: empty}}, body: "-", steps: "SentHead Sent 204", sent: head + "\r\n", writes: 1},
		"an empty body":        {says: []say{{after: "\r\n\r\n", text: empty}}, fields: "Content-Length: 0\r\n", steps: "SentHead Sent 204", sent: head + "Content-Length: 0\r\n\r\n", writes: 1},
		"ready, and one write": {says: []say{{after: "abc", text: empty}}, body: "abc", size: 3, ready: true, steps: "SentHead Sent 204", sent: head + "\r\nabc", writes: 1},
		"not ready":            {says: []say{{after: "abc", text: empty}}, body: "abc", size: 3, steps: "SentHead Sent 204", sent: head + "\r\nabc", writes: 2},
		"chunked, ready": {
			says: []say{{after: "\r\n0\r\n\r\n", text: empty}}, body: "abc", size: -1, ready: true, steps: "SentHead Sent 204",
			sent: head + "\r\n3\r\nabc\r\n0\r\n\r\n",
		},
		"chunked, empty": {says: []say{{after: "\r\n0\r\n\r\n", text: empty}}, size: -1, steps: "SentHead Sent 204", sent: head + "\r\n0\r\n\r\n"},
		"a long one":     {says: []say{{after: "9", text: empty}}, body: long, size: 5000, ready: true, steps: "SentHead Sent 204", sent: head + "\r\n" + long, writes: 5},
		"hints":          {says: []say{{after: "abc", text: hint + hint + ok}}, body: "abc", size: 3, steps: "SentHead Sent 103 103 200"},
		"hints apart":    {says: []say{{after: "abc", text: hint}, {wait: time.Second, text: hint[:30]}, {wait: time.Second, text: hint[30:]}, {wait: time.Second, text: ok}}, body: "abc", size: 3, steps: "SentHead Sent 103 103 200"},
		"hints early":    {says: []say{{after: "\r\n\r\n", text: hint}, {after: "abc", text: ok}}, body: "abc", size: 3, steps: "SentHead 103 Sent 200"},
		"asked": {
			says: []say{{after: "\r\n\r\n", wait: time.Second / 2, text: goOn}, {after: "abc", text: empty}}, fields: exchange.Expectation, body: "abc", size: 3,
			ready: true, steps: "SentHead 100 Sent 204", sent: head + exchange.Expectation + "\r\nabc", writes: 2,
		},
		"asked, hints": {
			says: []say{{after: "\r\n\r\n", text: hint + goOn + hint}, {after: "abc", text: ok}}, fields: exchange.Expectation, body: "abc", size: 3,
			steps: "SentHead 103 100 103 Sent 200",
		},
		"asked, silent": {says: []say{{after: "abc", text: empty}}, fields: exchange.Expectation, body: "abc", size: 3, steps: "SentHead Sent 204"},
		"asked, refused": {
			says: []say{{after: "\r\n\r\n", text: tooLarge}}, fields: exchange.Expectation, body: "abc", size: 3,
			steps: "SentHead 413", sent: head + exchange.Expectation + "\r\n", reuse: wire.CloseUnsent,
		},
		"asked, answered": {
			says: []say{{after: "\r\n\r\n", text: goOn + tooLarge}}, fields: exchange.Expectation, body: "abc", size: 3,
			steps: "SentHead 100 413", sent: head + exchange.Expectation + "\r\n", reuse: wire.CloseUnsent,
		},
		"not asked of an old one": {
			says: []say{{after: "abc", text: empty}}, fields: exchange.Expectation, body: "abc", size: 3, ready: true,
			before: func(r *rig) { r.line.HTTP10 = true }, steps: "SentHead Sent 204", sent: head + "\r\nabc", writes: 1,
		},
		"not asked of a deaf one": {
			says: []say{{after: "abc", text: empty}}, fields: exchange.Expectation, body: "abc", size: 3,
			before: func(r *rig) { r.line.NoContinue = true }, steps: "SentHead Sent 204", sent: head + "\r\nabc",
		},
		"answered early": {
			says: []say{{after: head + "\r\n" + long[:512], text: tooLarge}}, body: long, size: 5000, ready: true,
			before: func(r *rig) {
				r.takes = func(p []byte) (int, error) { return min(len(p), len(head+"\r\n")+512-r.sent.Len()), nil }
			},
			steps: "413", sent: head + "\r\n" + long[:512], reuse: wire.CloseUnsent,
		},
		"a write at a time": {
			says: []say{{after: "abc", text: empty}}, body: "abc", size: 3, ready: true, steps: "SentHead Sent 204", sent: head + "\r\nabc",
			before: func(r *rig) { r.takes = func(p []byte) (int, error) { return min(1, len(p)), nil } }, writes: len(head) + 5,
		},
	} {
		inBubble(t, name, func(t *testing.T) {
			is := is.New(t)
			r := newRig(t, limits(), tt.says...)
			if tt.before != nil {
				tt.before(r)
			}
			var body io.Reader
			if tt.body != "-" {
				body = onlyReader{strings.NewReader(tt.body)}
			}
			r.request("POST", tt.fields, body, tt.size, tt.ready)
			r.attach(false)
			steps, err := r.run(context.Background())
			is.NoErr(err)
			is.Equal(steps, tt.steps)
			if tt.sent != "" {
				is.Equal(r.sent.String(), tt.sent)
			}
			if tt.writes > 0 {
				is.Equal(len(r.writes), tt.writes)
			}
			is.Equal(r.x.Sent, int64(r.sent.Len()))
			is.Equal(r.line.NoContinue, strings.HasPrefix(name, "asked, silent") || strings.HasSuffix(name, "deaf one"))
			is.Equal(r.x.Expects, strings.HasPrefix(name, "asked"))
			for ev := (wire.Event{}); tt.reuse == 0 && ev.Kind != wire.End; {
				ev, err = r.x.Buffered()
				is.NoErr(err)
			}
			is.Equal(r.x.Reuse(), tt.reuse)
		})
	}
}

// TestSeveralRequests: an exchange carries one request after the other, and of the one
// before nothing is left.
func TestSeveralRequests(t *testing.T) {
	is := is.New(t)
	r := newRig(t, limits(), say{after: "abc", text: "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi"}, say{after: "\r\n\r\n", text: ok})
	r.request("POST", "", strings.NewReader("abc"), 3, true)
	r.attach(false)
	steps, err := r.run(context.Background())
	is.NoErr(err)
	is.Equal(steps, "SentHead Sent 200")
	is.Equal(r.x.Head().Minor, 0)
	is.True(r.line.HTTP10)
	r.x.BeginBody()
	is.Equal(r.x.Phase, exchange.ReadingBody)
	r.x.Drain(context.Background())
	is.Equal(r.x.Reuse(), wire.CloseNone)
	r.sent.Reset()

	r.request("GET", "X: y\r\n", nil, 0, false)
	is.Equal(r.x.Progress, exchange.Progress{})
	r.looks = 0
	s, err := r.line.Alive()
	is.NoErr(err)
	r.x.Attach(r.line, s, true)
	steps, err = r.run(context.Background())
	is.NoErr(err)
	is.Equal(r.looks, 1) // that of Alive is enough
	is.Equal(steps, "SentHead Sent 200")
	is.Equal(r.sent.String(), "GET / HTTP/1.1\r\nHost: h\r\nX: y\r\n\r\n")
	is.True(r.x.Reused && !r.line.HTTP10 && r.x.Phase == exchange.AwaitingHead)
	is.Equal(string(r.x.Head().Block), "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n")
	is.Equal(r.x.Head().Length, int64(2))
}

// TestReplaceable: a kept connection that fails before it has taken anything is replaced,
// and the whole request goes to the other one.
func TestReplaceable(t *testing.T) {
	reset := errors.New("reset")
	breaks := func(n int, err error) func(*rig) {
		return func(r *rig) { r.takes = func([]byte) (int, error) { return n, err } }
	}
	for name, tt := range map[string]struct {
		reused bool
		traced bool
		body   bool
		before func(r *rig)
		after  func(r *rig, cancel func())
		want   string // the cause
		can    bool
	}{
		"kept":                  {reused: true, before: breaks(0, reset), want: "Stale: reset", can: true},
		"kept, with a body":     {reused: true, body: true, before: breaks(0, reset), want: "Stale: reset", can: true},
		"kept, and was heard":   {reused: true, body: true, before: func(r *rig) { r.says = []say{{text: ok}} }, want: "Stale: the peer sent bytes before the request", can: true},
		"traced, and was heard": {reused: true, traced: true, before: func(r *rig) { r.says = []say{{text: ok}} }, want: "Stale: the peer sent bytes before the request", can: true},
		"traced, and is gone":   {reused: true, traced: true, before: func(r *rig) { r.says = []say{{err: io.EOF}} }, want: "Stale: connection closed before any response: EOF", can: true},
		"new":                   {before: breaks(0, reset), want: "Broken: reset"},
		"it took some":          {reused: true, before: breaks(1, reset), want: "Stale: reset"},
		"the context has ended": {reused: true, before: breaks(0, reset), after: func(_ *rig, cancel func()) { cancel() }, want: "Stale: reset"},
		"its owner closed it":   {reused: true, before: breaks(0, reset), after: func(r *rig, _ func()) { r.line.Close() }, want: "Stale: reset"},
		"a timeout":             {reused: true, before: breaks(0, os.ErrDeadlineExceeded), want: "none: i/o timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			r := newRig(t, limits())
			tt.before(r)
			var body io.Reader
			if tt.body {
				body = strings.NewReader("abc")
			}
			r.traced = tt.traced
			r.request("POST", "", body, 3, true)
			r.attach(tt.reused)
			_, err := r.x.Send(ctx, &r.body)
			is.Equal(cause(err), tt.want)
			if tt.after != nil {
				tt.after(r, cancel)
			}
			is.Equal(r.x.Replaceable(ctx), tt.can)
			if !tt.can {
				return
			}
			first := r.peer
			r.peer = &peer{moved: make(chan struct{}), says: []say{{after: "abc", text: empty}}}
			if !tt.body {
				r.says[0].after = "\r\n\r\n"
			}
			r.attach(false)
			steps, err := r.run(ctx)
			is.NoErr(err)
			is.Equal(steps, "SentHead Sent 204")
			is.Equal(first.sent.Len(), 0)
			is.Equal(r.sent.String(), "POST / HTTP/1.1\r\nHost: h\r\n\r\n"+map[bool]string{true: "abc"}[tt.body])
			is.True(!r.x.Replaceable(ctx))
			is.True(!r.x.Reused)
		})
	}
}

// TestUnasked: bytes that come before a request on a new connection are never its answer.
func TestUnasked(t *testing.T) {
	is := is.New(t)
	r := newRig(t, limits(), say{text: ok})
	_, err := r.get()
	is.Equal(cause(err), "BadResponse: the peer sent bytes before the request")
	is.Equal(r.sent.Len(), 0)
}

// TestLongHeads: however little room a head leaves for the body, all of both arrives.
func TestLongHeads(t *testing.T) {
	is := is.New(t)
	for left := range 60 {
		for _, size := range []int64{100, -1} {
			for _, ready := range []bool{false, true} {
				r := newRig(t, limits())
				body := numbers(100)
				room := cap(r.x.Outbox(1024))
				r.request("POST", "X: "+strings.Repeat("y", room-left-len("POST / HTTP/1.1\r\nHost: h\r\nX: \r\n\r\n"))+"\r\n", onlyReader{strings.NewReader(body)}, size, ready)
				r.attach(false)
				_, err := r.send(context.Background())
				is.NoErr(err)
				is.True(r.ofBody(is) == body)
				is.Equal(r.x.Sent, int64(r.sent.Len()))
			}
		}
	}
}

// sendless is a body that could send itself, and does not.
type sendless struct{ io.Reader }

func (sendless) SendTo(netdriver.Conn, int64) (int64, bool, error) { return 0, false, nil }

// TestWideOut: the memory for a long body becomes wide when its reader has filled it, and for
// no other.
func TestWideOut(t *testing.T) {
	const narrow, wide, long = 1024, 4096, 400 << 10
	for name, tt := range map[string]struct {
		sent, wide, most int
		chunked          bool
		body             func(io.Reader) io.Reader
		tls              netdriver.TLS
		want             int
	}{
		"a long body":                        {sent: long, wide: wide, want: wide},
		"in chunks":                          {sent: long, wide: wide, chunked: true, want: wide},
		"a body that is not long":            {sent: 256 << 10, wide: wide, want: narrow},
		"a reader that gives little":         {sent: long, wide: wide, most: narrow / 2, want: narrow / 2},
		"a buffer that the caller has sized": {sent: long, want: narrow},
		"a body that sends itself":           {sent: long, wide: wide, body: func(r io.Reader) io.Reader { return sendless{r} }, want: narrow},
		"a body that cannot, for TLS":        {sent: long, wide: wide, body: func(r io.Reader) io.Reader { return sendless{r} }, tls: aTLS{}, want: wide},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			l, body := limits(), numbers(tt.sent)
			l.WideBuffer = tt.wide
			r := newRig(t, l)
			r.route.TLS = tt.tls
			reads := &sized{Reader: strings.NewReader(body), most: cmp.Or(tt.most, long)}
			var from io.Reader = reads
			if tt.body != nil {
				from = tt.body(reads)
			}
			size := int64(tt.sent)
			if tt.chunked {
				size = -1
			}
			r.request("POST", "", from, size, true)
			r.attach(false)
			_, err := r.send(context.Background())
			is.NoErr(err)
			is.True(r.ofBody(is) == body)
			is.True(reads.largest <= tt.want && reads.largest >= tt.want-32)
		})
	}
}

// sized is a reader that gives at most so much at once, and knows what the most was.
type sized struct {
	io.Reader
	most, largest int
}

func (s *sized) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p[:min(len(p), s.most)])
	s.largest = max(s.largest, n)
	return n, err
}
