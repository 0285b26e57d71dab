package exchange_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/internal/exchange"
	"github.com/zreq-go/zreq/zreq/internal/line"
	"github.com/zreq-go/zreq/zreq/internal/target"
	"github.com/zreq-go/zreq/zreq/wire"
)

// A say is something that a peer says.
type say struct {
	after string        // when what it has been sent ends with that,
	wait  time.Duration // and so much later
	text  string
	err   error // with the last bytes, or alone
}

// A peer is a connection whose other end a test plays. It cannot look.
type peer struct {
	says  []say
	most  int                         // that a read gives; 0: all that fits
	takes func(p []byte) (int, error) // what a write does; nil: it takes all

	sent   strings.Builder
	writes []int
	due    time.Time // when the first of says comes; zero: not yet
	reads  int
	room   int    // what the largest read had room for
	looks  int    // of those that can
	unread bool   // each look says that something has come
	onOp   func() // before each operation
	broken error  // of setting a deadline

	mu    sync.Mutex
	by    time.Time
	moved chan struct{} // closed when the deadline moves
}

// now reports whether the first of says has come, and when it will have.
func (p *peer) now() (came bool, in time.Duration) {
	if len(p.says) == 0 {
		return false, 1000 * time.Hour
	}
	if p.due.IsZero() && strings.HasSuffix(p.sent.String(), p.says[0].after) {
		p.due = time.Now().Add(p.says[0].wait)
	}
	if p.due.IsZero() {
		return false, 1000 * time.Hour
	}
	in = time.Until(p.due)
	return in <= 0, in
}

func (p *peer) Read(b []byte) (n int, err error) {
	p.op()
	p.reads++
	p.room = max(p.room, len(b))
	if came, in := p.now(); !came {
		if err := p.pause(in); err != nil {
			return 0, err
		}
	}
	s := &p.says[0]
	if p.most > 0 {
		b = b[:min(len(b), p.most)]
	}
	n = copy(b, s.text)
	if s.text = s.text[n:]; s.text != "" {
		return n, nil
	}
	err = s.err
	if err == nil {
		p.says, p.due = p.says[1:], time.Time{}
		_, _ = p.now() // from now on the next one counts
	} else {
		s.wait = 0 // it stays so
	}
	return n, err
}

func (p *peer) Write(b []byte) (n int, err error) {
	p.op()
	n = len(b)
	if p.takes != nil {
		n, err = p.takes(b)
	}
	p.sent.Write(b[:max(0, min(n, len(b)))])
	p.writes = append(p.writes, n)
	_, _ = p.now() // from now on it counts
	return n, err
}

func (p *peer) op() {
	if p.onOp != nil {
		p.onOp()
	}
}

// pause is a read or write that takes d: it fails if the deadline comes first.
func (p *peer) pause(d time.Duration) error {
	over := time.After(d)
	for {
		p.mu.Lock()
		by, moved := p.by, p.moved
		p.mu.Unlock()
		var late <-chan time.Time
		if !by.IsZero() {
			if time.Until(by) <= 0 {
				return os.ErrDeadlineExceeded
			}
			late = time.After(time.Until(by))
		}
		select {
		case <-over:
			return nil
		case <-late:
			return os.ErrDeadlineExceeded
		case <-moved:
		}
	}
}

func (p *peer) SetDeadline(t time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.by = t
	close(p.moved)
	p.moved = make(chan struct{})
	return p.broken
}

func (p *peer) SetReadDeadline(time.Time) error  { panic("a call has one deadline") }
func (p *peer) SetWriteDeadline(time.Time) error { panic("a call has one deadline") }
func (p *peer) Close() error                     { return nil }

// A looking peer is one whose driver can look: a Checker.
type looking struct{ *peer }

func (p looking) Check() error {
	p.op()
	p.looks++
	switch came, _ := p.now(); {
	case p.unread:
		return netdriver.ErrUnread
	case !came:
		return nil
	case p.says[0].text != "":
		return netdriver.ErrUnread
	}
	return p.says[0].err
}

// A holding peer is one whose system says what it still holds, and one that proves its end.
type holding struct {
	looking
	held func() int
}

func (p holding) Queued() int { return p.held() }

type proving struct{ looking }

func (p proving) ProvesEnd() bool { return true }

// aTLS stands for any.
type aTLS struct{}

func (aTLS) Client(context.Context, netdriver.Conn, string) (netdriver.Conn, error) {
	return nil, errors.ErrUnsupported
}

// limits are those of the exchanges here, unless a test sets others.
func limits() exchange.Limits {
	return exchange.Limits{Write: 10 * time.Second, Expect: time.Second, Head: 20 * time.Second, Body: 5 * time.Second, ReadBuffer: 512}
}

// A rig is an exchange with its line, and the peer.
type rig struct {
	*peer
	line  *line.Line
	x     exchange.Exchange
	body  exchange.Body
	route line.Route
	wrap  func(*peer) netdriver.Conn

	traced   bool // by somebody who may take his time
	answered bool // while the request was sent
}

func looks(p *peer) netdriver.Conn { return looking{p} }
func bare(p *peer) netdriver.Conn  { return p }

// newRig opens an exchange that is closed when the test ends.
func newRig(t *testing.T, l exchange.Limits, says ...say) *rig {
	t.Helper()
	r := &rig{peer: &peer{says: slices.Clone(says), moved: make(chan struct{})}, wrap: looks}
	r.route.Origin = target.Origin{Host: "h", Port: 80}
	r.line = &line.Line{Route: &r.route}
	r.x.Open(l)
	t.Cleanup(func() { r.x.Close(); r.x.Close() })
	return r
}

// attach makes the peer the socket; reused says that it was there before.
func (r *rig) attach(reused bool) *line.Socket {
	s, err := r.line.Adopt(r.wrap(r.peer))
	if err != nil {
		panic(err)
	}
	s.BeginRequest(r.body.Exists())
	r.x.Attach(r.line, s, reused)
	return s
}

// request makes a head with these fields; ready says that the body's first bytes are there.
func (r *rig) request(method string, fields string, body io.Reader, size int64, ready bool) {
	r.body.Drop()
	if body != nil {
		r.body.Open(body, size, ready)
	}
	head := append(r.x.Outbox(1024), method+" / HTTP/1.1\r\nHost: h\r\n"+fields+"\r\n"...)
	r.x.SetHead(exchange.Request{
		Method: method, Head: head, Traced: r.traced,
		Expect: strings.HasSuffix(fields, exchange.Expectation), Close: strings.Contains(fields, "close"),
	})
}

// get sends a GET on a new connection, up to the final head.
func (r *rig) get() (steps string, err error) {
	r.request("GET", "", nil, 0, false)
	r.attach(false)
	return r.run(context.Background())
}

// run sends the request and reads up to the final head. It returns the steps of that.
func (r *rig) run(ctx context.Context) (steps string, err error) {
	steps, _ = r.send(ctx)
	more, err := r.readHead(ctx) // also after a failure: the peer may say why
	if err == nil && r.answered {
		return strings.TrimSpace(steps), nil // more is the same again
	}
	return strings.TrimSpace(steps + more), err
}

func (r *rig) send(ctx context.Context) (steps string, err error) {
	for {
		step, err := r.x.Send(ctx, &r.body)
		if err != nil {
			return steps, noStep(step, err)
		}
		steps += r.text(step)
		if r.answered = step == exchange.Answered; r.answered || step == exchange.Sent {
			return steps, nil
		}
	}
}

func (r *rig) readHead(ctx context.Context) (steps string, err error) {
	for {
		step, err := r.x.ReadHead(ctx, &r.body)
		if err != nil {
			return steps, noStep(step, err)
		}
		if steps += r.text(step); step == exchange.Answered {
			return steps, nil
		}
	}
}

// noStep is err, beside which there is no step.
func noStep(step exchange.Step, err error) error {
	if step != 0 {
		return fmt.Errorf("step %d beside %w", step, err)
	}
	return err
}

// text is a step, and what has come with it.
func (r *rig) text(step exchange.Step) string {
	switch step {
	case exchange.SentHead:
		return "SentHead "
	case exchange.Sent:
		return "Sent "
	}
	return fmt.Sprint(r.x.Head().Status, " ")
}

// cause is what is said of an error: its kind and what has happened.
func cause(err error) string {
	kind, inner := exchange.KindOf(err)
	name := map[error]string{
		nil: "none", exchange.ErrConnect: "Broken", exchange.ErrStale: "Stale", wire.ErrTruncated: "Truncated",
		exchange.ErrResponse: "BadResponse", exchange.ErrBody: "BadBody",
	}[kind]
	if err == nil {
		return ""
	}
	return name + ": " + inner.Error()
}

// inBubble runs a test in virtual time.
func inBubble(t *testing.T, name string, f func(t *testing.T)) {
	t.Run(name, func(t *testing.T) { synctest.Test(t, f) })
}
