package exchange_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/internal/exchange"
	"github.com/zreq-go/zreq/zreq/internal/line"
	"github.com/zreq-go/zreq/zreq/wire"
)

// framed is a response with a body, in each framing.
func framed(framing, body string) string {
	switch framing {
	case "length":
		return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	case "close":
		return "HTTP/1.1 200 OK\r\n\r\n" + body
	}
	var b strings.Builder
	b.WriteString("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
	for size := 1; body != ""; size = size*3 + 1 {
		n := min(size, len(body))
		fmt.Fprintf(&b, "%x\r\n%s\r\n", n, body[:n])
		body = body[n:]
	}
	b.WriteString("0\r\nDigest: x\r\n\r\n")
	return b.String()
}

// numbers is a body whose parts differ.
func numbers(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		fmt.Fprint(&b, i, ",")
	}
	return b.String()[:n]
}

// readAll reads the rest of the response: by Held and Fill, or by ReadInto wherever that is
// allowed. What a view shows is taken before the next Fill.
func (r *rig) readAll(ctx context.Context, into []byte) (body string, trailers string, err error) {
	var b strings.Builder
	for {
		var ev wire.Event
		if n := r.x.Direct(len(into), 1); n > 0 {
			ev, err = r.x.ReadInto(ctx, into[:n])
		} else if ev, err = r.x.Buffered(); err == nil && ev.Kind == wire.NeedMore {
			ev, err = r.x.Fill(ctx)
		}
		switch {
		case err != nil:
			return b.String(), trailers, err
		case ev.Kind == wire.Data:
			b.Write(ev.Data)
		case ev.Kind == wire.Trailers:
			trailers = string(ev.Data)
		case ev.Kind == wire.End:
			return b.String(), trailers, nil
		}
	}
}

// TestReading: however the response comes, and however it is read, the body is the same.
func TestReading(t *testing.T) {
	random := rand.New(rand.NewPCG(14, 14))
	for _, framing := range []string{"length", "close", "chunked"} {
		for _, size := range []int{1, 500, 20_000} {
			for _, most := range []int{0, 1, 7, 600} { // that one read gives
				is := is.New(t)
				body := numbers(size)
				r := newRig(t, limits(), say{after: "\r\n\r\n", text: framed(framing, body), err: io.EOF})
				r.most = most
				if framing != "close" && random.IntN(2) == 0 {
					r.says[0].err = nil // it stays open
				}
				_, err := r.get()
				is.NoErr(err)
				r.x.BeginBody()
				if random.IntN(2) == 0 {
					r.x.Widen(4096)
				}
				got, trailers, err := r.readAll(context.Background(), make([]byte, random.IntN(3)*2000))
				is.NoErr(err)
				is.True(got == body)
				is.Equal(trailers, map[string]string{"chunked": "Digest: x\r\n"}[framing])
				is.Equal(r.x.Received, int64(size))
				is.True(r.x.AllRead())
			}
		}
	}
}

// TestDirect: memory that is at least as large as the window is read into without a detour,
// when so much is certain to come; never more than that.
func TestDirect(t *testing.T) {
	is := is.New(t)
	const head = "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n"
	r := newRig(t, limits(), say{after: "\r\n\r\n", text: head + "x"}, say{text: strings.Repeat("y", 1999)})
	_, err := r.get()
	is.NoErr(err)
	is.Equal(r.x.Direct(4000, 1), 0) // something is held
	ev, err := r.x.Buffered()
	is.NoErr(err)
	is.Equal(string(ev.Data), "x")
	for _, tt := range [][3]int{{511, 1, 0}, {512, 1, 512}, {512, 3, 512}, {512, 4, 0}, {4000, 1, 1999}, {4000, 4, 0}} {
		is.Equal(r.x.Direct(tt[0], tt[1]), tt[2])
	}
	is.Equal(r.x.Certain(), int64(1999))
	p := make([]byte, 1999)
	ev, err = r.x.ReadInto(context.Background(), p)
	is.NoErr(err)
	is.True(&ev.Data[0] == &p[0]) // it lies where it was asked for
	is.Equal(len(ev.Data), 1999)
	is.True(r.x.AllRead())
}

// TestCutBodies: a response that ends early is never whole, and says what has happened.
func TestCutBodies(t *testing.T) {
	reset := errors.New("reset")
	const cut = "Truncated: unexpected EOF"
	for name, tt := range map[string]struct {
		text string
		err  error
		want string
	}{
		"a length":              {framed("length", "hello")[:40], io.EOF, cut},
		"a length, over TLS":    {framed("length", "hello")[:40], io.ErrUnexpectedEOF, cut},
		"a length, reset":       {framed("length", "hello")[:40], reset, "Truncated: reset"},
		"a length, late":        {framed("length", "hello")[:40], nil, "none: timeout: Timeouts.Body of 5s is over: i/o timeout"},
		"chunks":                {framed("chunked", "hello")[:60], io.EOF, cut},
		"the last chunk":        {strings.TrimSuffix(framed("chunked", "hello"), "\n"), io.EOF, cut},
		"until close":           {framed("close", "hello"), io.EOF, ""},
		"until close, reset":    {framed("close", "hello"), reset, "Truncated: reset"},
		"until close, late":     {framed("close", "hello"), nil, "none: timeout: Timeouts.Body of 5s is over: i/o timeout"},
		"a bad chunk":           {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", nil, "BadResponse: malformed chunk size (RFC 9112, 7.1)"},
		"a length, and too far": {framed("length", "hello") + "more", nil, ""},
		"whole, and a reset":    {framed("length", "hello"), reset, ""},
	} {
		for _, into := range []int{0, 4096} {
			inBubble(t, fmt.Sprint(name, "/", into), func(t *testing.T) {
				is := is.New(t)
				l := limits()
				l.ReadBuffer = 64
				r := newRig(t, l, say{after: "\r\n\r\n", text: tt.text, err: tt.err})
				_, err := r.get()
				is.NoErr(err)
				r.x.BeginBody()
				_, _, err = r.readAll(context.Background(), make([]byte, into))
				is.Equal(cause(err), tt.want)
			})
		}
	}
}

// TestHeadFails: what can happen before a response has begun, and while its head comes.
func TestHeadFails(t *testing.T) {
	reset := errors.New("reset")
	for name, tt := range map[string]struct {
		text   string
		err    error
		reused bool
		want   string
	}{
		"the end":              {"", io.EOF, false, "Broken: connection closed before any response: EOF"},
		"the end of TLS":       {"", io.ErrUnexpectedEOF, false, "Broken: connection closed before any response: EOF"},
		"the end, kept":        {"", io.EOF, true, "Stale: connection closed before any response: EOF"},
		"reset":                {"", reset, false, "Broken: reset"},
		"reset, kept":          {"", reset, true, "Stale: reset"},
		"half a head":          {"HTTP/1.1 20", io.EOF, true, "Truncated: unexpected EOF"},
		"half a head, reset":   {"HTTP/1.1 20", reset, true, "Truncated: reset"},
		"hints, and the end":   {hint, io.EOF, true, "Truncated: unexpected EOF"},
		"half a head, silence": {"HTTP/1.1 20", nil, true, "none: timeout: Timeouts.Head of 20s is over: i/o timeout"},
		"silence":              {"", nil, true, "none: timeout: Timeouts.Head of 20s is over: i/o timeout"},
		"no HTTP":              {"SSH-2.0-x\r\n\r\n", nil, true, "BadResponse: malformed status line (RFC 9112, 4)"},
	} {
		inBubble(t, name, func(t *testing.T) {
			is := is.New(t)
			r := newRig(t, limits())
			if tt.text != "" || tt.err != nil {
				r.says = []say{{after: "\r\n\r\n", text: tt.text, err: tt.err}}
			}
			r.request("GET", "", nil, 0, false)
			r.attach(tt.reused)
			began := time.Now()
			_, err := r.run(context.Background())
			is.Equal(cause(err), tt.want)
			is.Equal(errors.Is(err, io.EOF), strings.HasSuffix(tt.want, ": EOF"))
			is.True(time.Since(began) <= 20*time.Second*9/8)
			is.True(r.x.Reuse() != wire.CloseNone)
		})
	}
}

// TestHeadWithoutADeadline: a head is not waited for if the wait cannot have a deadline.
func TestHeadWithoutADeadline(t *testing.T) {
	is := is.New(t)
	r := newRig(t, limits(), say{after: "\r\n\r\n", text: ok})
	r.request("GET", "", nil, 0, false)
	r.attach(false)
	_, err := r.send(context.Background())
	is.NoErr(err)
	r.broken = errors.New("no deadline")
	_, err = r.x.ReadHead(context.Background(), &r.body)
	is.Equal(cause(err), "Broken: no deadline")
}

// TestCutAfterAFailure: where sending has failed, the end of the connection is no proof of
// the end of a body, unless it is the peer's own word.
func TestCutAfterAFailure(t *testing.T) {
	for name, wrap := range map[string]func(*peer) netdriver.Conn{
		"Truncated: unexpected EOF": looks, "": func(p *peer) netdriver.Conn { return proving{looking{p}} },
	} {
		is := is.New(t)
		r := newRig(t, limits(), say{after: "abc", text: framed("close", "because"), err: io.EOF})
		r.wrap = wrap
		r.takes = func(p []byte) (int, error) {
			if len(p) == 5 {
				return 3, errors.New("broken pipe")
			}
			return len(p), nil
		}
		r.request("POST", "", strings.NewReader("abcde"), 5, false)
		r.attach(false)
		_, err := r.run(context.Background())
		is.NoErr(err)
		r.x.BeginBody()
		body, _, err := r.readAll(context.Background(), nil)
		is.Equal(body, "because")
		is.Equal(cause(err), name)
		is.Equal(r.x.ProvesEnd(), name == "")
	}
}

// TestQueueOfTheSystem: as long as the system holds some of a body, the peer cannot have it.
// That time is of sending; the limit of the head counts from its end.
func TestQueueOfTheSystem(t *testing.T) {
	for name, tt := range map[string]struct {
		drained time.Duration // when the system holds nothing any more
		moves   bool          // it becomes less by then
		answer  time.Duration // after that; 0: none
		write   time.Duration // the limit
		want    string
		after   time.Duration
	}{
		"in time":               {25 * time.Second, true, 19 * time.Second, 10 * time.Second, "", 44 * time.Second},
		"the answer is late":    {25 * time.Second, true, 0, 10 * time.Second, "Head of 20s", 45 * time.Second},
		"stuck":                 {25 * time.Second, false, time.Second, 10 * time.Second, "Write of 10s", 10 * time.Second},
		"stuck, no Write limit": {25 * time.Second, false, time.Second, 0, "Head of 20s", 20 * time.Second},
		"slow, no Write limit":  {25 * time.Second, true, time.Second, 0, "", 26 * time.Second},
	} {
		inBubble(t, name, func(t *testing.T) {
			is := is.New(t)
			l := limits()
			l.Write = tt.write
			r := newRig(t, l)
			began := time.Now()
			r.wrap = func(p *peer) netdriver.Conn {
				return holding{looking{p}, func() int {
					left := tt.drained - time.Since(began)
					if left <= 0 || !tt.moves {
						return int(min(1, max(0, left)))
					}
					return int(left / time.Millisecond)
				}}
			}
			if tt.answer > 0 {
				r.says = []say{{after: "abc", wait: tt.drained + tt.answer, text: empty}}
			}
			r.request("POST", "", strings.NewReader("abc"), 3, true)
			r.attach(false)
			_, err := r.run(context.Background())
			took := time.Since(began)
			if tt.want == "" {
				is.NoErr(err)
			} else {
				is.Equal(cause(err), "none: timeout: Timeouts."+tt.want+" is over: i/o timeout")
			}
			is.True(took >= tt.after && took <= tt.after*9/8+100*time.Millisecond)
			is.True(r.reads < 1000) // it is not asked all the time
		})
	}
}

// A taker is a Receiver that does as a test says.
type taker func(c netdriver.Conn, n int64) (int64, bool, error)

func (t taker) ReceiveFrom(c netdriver.Conn, n int64) (int64, bool, error) { return t(c, n) }

// TestReceive: a Receiver takes what is certain to come, and its counts and errors are
// judged as those of a read.
func TestReceive(t *testing.T) {
	reset := errors.New("reset")
	const length = 3 << 20
	for name, tt := range map[string]struct {
		says   string
		n      int64
		err    error
		cannot bool
		wrap   func(*peer) netdriver.Conn
		low    int64
		wantN  int64
		wantOK bool
		want   string
	}{
		"some":             {n: 1000, wantN: 1000, wantOK: true},
		"all that it may":  {n: 1 << 20, wantN: 1 << 20, wantOK: true},
		"too much":         {n: 1<<20 + 1, wantOK: true, want: "Truncated: " + line.ErrBadCount.Error()},
		"less than none":   {n: -1, wantOK: true, want: "Truncated: " + line.ErrBadCount.Error()},
		"it cannot":        {cannot: true},
		"the end":          {n: 10, err: io.EOF, wantN: 10, wantOK: true, want: "Truncated: unexpected EOF"},
		"reset":            {n: 10, err: reset, wantN: 10, wantOK: true, want: "Truncated: reset"},
		"nothing for ever": {wantOK: true, want: "Truncated: " + io.ErrNoProgress.Error()},
		"something held":   {says: "x", n: 1000},
		"a bare driver":    {n: 1000, wrap: bare},
		"LowSpeed":         {n: 1000, low: 1},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			l := limits()
			l.LowBytes, l.LowTime = tt.low, time.Minute
			r := newRig(t, l, say{after: "\r\n\r\n", text: fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", length, tt.says)})
			if tt.wrap != nil {
				r.wrap = tt.wrap
			}
			_, err := r.get()
			is.NoErr(err)
			r.x.BeginBody()
			n, ok, err := r.x.Receive(context.Background(), taker(func(c netdriver.Conn, n int64) (int64, bool, error) {
				is.True(c == r.wrap(r.peer))
				is.Equal(n, int64(1<<20))
				return tt.n, !tt.cannot, tt.err
			}))
			is.Equal(ok, tt.wantOK)
			is.Equal(n, tt.wantN)
			is.Equal(cause(err), tt.want)
			is.Equal(r.x.Received, tt.wantN)
			if err == nil {
				is.Equal(r.x.Certain(), length-tt.wantN)
			}
		})
	}
}

// TestReceiveToTheEnd: what is left that is too little for a Receiver is not given to it, and
// a good end is io.EOF.
func TestReceiveToTheEnd(t *testing.T) {
	for left, want := range map[int64]bool{exchange.MinReceive - 1: false, exchange.MinReceive: true} {
		is := is.New(t)
		r := newRig(t, limits(), say{after: "\r\n\r\n", text: fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", left)})
		_, err := r.get()
		is.NoErr(err)
		n, ok, err := r.x.Receive(context.Background(), taker(func(_ netdriver.Conn, n int64) (int64, bool, error) { return n, true, io.EOF }))
		is.Equal(ok, want)
		if ok {
			is.Equal(n, left)
			is.Equal(err, io.EOF) // the body was whole before it
			is.True(r.x.AllRead())
		}
	}
	is := is.New(t)
	ctx, cancel := context.WithCancel(context.Background())
	r := newRig(t, limits(), say{after: "\r\n\r\n", text: "HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"})
	_, err := r.get()
	is.NoErr(err)
	never := taker(func(netdriver.Conn, int64) (int64, bool, error) { t.Error("it is asked"); return 0, true, nil })
	r.broken = errors.New("no deadline")
	n, ok, err := r.x.Receive(ctx, never)
	is.True(ok)
	is.Equal(n, int64(0))
	is.Equal(cause(err), "Truncated: no deadline") // as for every other way to read
	r.broken = nil
	cancel()
	_, ok, err = r.x.Receive(ctx, never)
	is.True(ok)
	is.True(errors.Is(err, context.Canceled))
}
