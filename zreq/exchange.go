package zreq

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/wire"
)

// exchange is one request and its response on one connection. It is the only
// place where the bytes of a driver meet the codec: next asks the decoder, and
// fills the window from the socket when the decoder needs more.
//
// It lives on the stack of the call.
type exchange struct {
	method   string
	url      string // without credentials
	args     *Args
	at       target
	keep     keeper // of a Session's call
	spy      *spy   // of one with a Trace
	limits   Limits
	times    Timeouts
	body     outgoing
	closing  bool // our request says Connection: close,
	expects  bool // and Expect: 100-continue,
	decodes  bool // and Accept-Encoding for our codings,
	identity bool // or for none
	coded    bool // the body has codings, all of which will be undone
	head     []byte

	headBytes int64 // of the request, as they were sent

	history     []Redirect
	crossed     bool   // a redirect led to another origin
	bare        bool   // or took the body away
	challenged  bool   // credentials are an answer to a challenge
	credentials string // of Args.Auth

	pace pace

	conn   *Connection // claimed
	home   *Connection // the caller's, while a redirect leads elsewhere
	sock   *socket
	fresh  netdriver.Conn // dialled, and not in sock yet
	unhook func() bool    // stops watching the context
	reused bool           // sock was there before the call
	unsent bool           // the request did not go out whole
	looked time.Time      // when a connection that has no Checker was last asked for an answer
	empty  int            // writes in a row that moved nothing
	quick  uint32         // bytes that went in quick writes; if it wraps, some small ones follow

	out     *buffer // what is sent from, until the request has been sent; never what is read into
	in      window
	dec     wire.Decoder
	want    admission
	chunks  chunker
	readErr error // came together with the last bytes that were read
	heard   bool  // at least one byte came back

	phase    Phase
	attempt  int
	tries    tries // that came to nothing
	wait     time.Duration
	before   int64 // bytes of requests that led to another one
	sent     int64
	received int64  // bytes of the body
	taken    int64  // of those, by the callback
	kind     *error // of the failure: one of the Err values
	stopped  bool   // by ErrStop
	why      CloseReason

	resp     *Response
	answered bool  // resp has a head
	failed   error // of the call
}

var (
	errBadCount = errors.New("the driver or the body returned an impossible count")
	errUnwound  = errors.New("a callback panicked, or ended its goroutine")

	errNoAnswer error = &noAnswer{}
)

// noAnswer is the error of a connection that the peer closed before a response
// began. It wraps io.EOF, which those who retry look for: no body was being read
// whose good end that could be.
type noAnswer struct{ _ incomparable }

func (*noAnswer) Error() string { return "connection closed before any response: EOF" }
func (*noAnswer) Unwrap() error { return io.EOF }

// maxEmpty bounds how often in a row a driver may read or write nothing, and a
// body give nothing.
const maxEmpty = 100

// run makes the exchange. Its deferred end runs also when a callback panics.
func (x *exchange) run(ctx context.Context, url string) error {
	x.attempt, x.why, x.failed = 1, CloseFailed, errUnwound
	x.spy = newSpy(x.args.Trace)
	defer x.end()
	err := x.steps(ctx, url)
	switch {
	case x.args == nil: // the rest is the Response's
	case err == nil:
		x.why = x.verdict()
	case x.stopped:
		err = nil
	default:
		err = x.fail(ctx, err)
	}
	if err != nil && x.answered && !x.resp.complete && (x.kind != &ErrStatus || x.resp.Status < 400) {
		x.resp.cut = err // else refuse has judged the page
	}
	if x.tries != nil && !x.stopped {
		err = x.tries.conclude(x.resp, err)
	}
	x.failed = err
	return err
}

// steps is a call from the verb to the socket and back. A failure may lead to
// another attempt.
func (x *exchange) steps(ctx context.Context, url string) error {
	if err := x.prepare(ctx, url); err != nil {
		return err
	}
	for {
		err := x.try(ctx)
		if err == nil || x.keep == nil || x.args == nil {
			return err
		}
		if again, err := x.retry(ctx, err); err != nil || !again {
			return err
		}
	}
}

// try is one attempt at a call. A response may lead to another request, and then
// the steps are gone again.
func (x *exchange) try(ctx context.Context) error {
	for {
		if err := x.occupy(ctx); err != nil {
			return err
		}
		if err := x.ask(ctx); err != nil {
			return err
		}
		again, err := x.again(ctx)
		if err != nil {
			return err
		}
		if !again {
			break
		}
	}
	if x.keep != nil && x.keep.unwelcome(x.resp.Status) {
		return errUnwelcome
	}
	return x.finish(ctx)
}

// ask sends the request and reads up to the final head of the answer, which may
// come before all has been sent.
func (x *exchange) ask(ctx context.Context) error {
	err := x.send(ctx)
	release(x.out)
	x.out, x.head = nil, nil
	if err != nil {
		x.unsent = true
		return x.early(ctx, err)
	}
	return x.awaitHead(ctx)
}

// end releases what run took, each thing once.
func (x *exchange) end() {
	if x.unhook != nil && !x.unhook() && x.why != CloseUnsent {
		x.why = CloseCancelled // a late cancel must not hit the next call
	}
	if x.args != nil && x.args.DropHead {
		x.resp.head = nil // it was a view of the window
	}
	x.chunks.close()
	x.in.close()
	release(x.out)
	if x.fresh != nil {
		_ = x.fresh.Close() // a Trace has panicked
	}
	if x.home != nil && x.home.isClosed() {
		x.home = nil // its owner has meanwhile
	}
	if x.conn == nil {
		if x.home != nil {
			x.resp.Connection = x.home
		}
		if x.args != nil { // else the rest is the Response's
			if x.why == CloseFailed {
				x.why = CloseNone
			}
			x.tell(EventDone, x.why, x.failed)
		}
		return // nothing is claimed; if nothing was, the Response is as it was
	}
	if x.why == CloseNone && x.conn.isClosed() {
		x.why = CloseByCaller
	}
	conn := x.conn
	why := x.letGo(x.why)
	x.resp.reason = why
	x.resp.Connection = x.home
	if why == CloseNone && conn.owner == nil {
		x.resp.Connection = conn
	}
	if x.answered {
		x.tell(EventBody, why, x.resp.cut)
	}
	switch {
	case x.sock == nil && why == CloseFailed:
		why = CloseNone // there was nothing to close
	case x.sock != nil && why != CloseNone:
		x.tell(EventClose, why, nil)
	}
	x.tell(EventDone, why, x.failed)
}

// next returns the next event of the response, reading as much as it takes.
func (x *exchange) next(ctx context.Context) (wire.Event, error) {
	for {
		ev, err := x.held()
		if err != nil || ev.Kind != wire.NeedMore {
			x.note(ev)
			return ev, err
		}
		if err := x.fill(ctx); err == io.EOF {
			return x.atEOF()
		} else if err != nil {
			return ev, x.lost(err)
		}
	}
}

// held returns the next event of what has been read already: NeedMore if that
// holds none.
func (x *exchange) held() (wire.Event, error) {
	ev, used, err := x.dec.Next(x.in.unread())
	x.in.r += used
	if err != nil {
		return ev, x.blame(&ErrResponse, err)
	}
	if ev.Kind == wire.Informational && x.spy != nil {
		_, x.spy.fields = wire.SplitHead(ev.Data)
		x.tell(EventInformational, CloseNone, nil)
		x.spy.fields = nil
	}
	return ev, nil
}

// direct returns where the body can be read to without the detour through the
// window: the chunk itself, if a chunk and what is certain to come are both at
// least as large. Of a chunk that was begun this reads the rest and no more: from
// then on chunks begin where reads do, and nothing is copied. In chunked framing such
// reads end wherever the framing has something, and are more than those that fill the
// window; it has to be far away for that not to matter.
func (x *exchange) direct() []byte {
	size := int64(len(x.in.buf.B))
	least := size
	if x.resp.framing == FramingChunked {
		least *= 8
	}
	if !x.in.empty() || int64(x.chunks.size) < size || x.dec.Expect() < least {
		return nil
	}
	x.chunks.settle()
	p := x.chunks.space()
	return p[:min(int64(len(p)), x.dec.Expect())]
}

// nextInto reads body, and nothing else, into p.
func (x *exchange) nextInto(ctx context.Context, p []byte) (wire.Event, error) {
	n, err := x.read(ctx, p)
	if err == io.EOF {
		return x.atEOF()
	}
	if err != nil {
		return wire.Event{}, x.lost(err)
	}
	ev, _, err := x.dec.Next(p[:n])
	if err != nil {
		return ev, x.blame(&ErrResponse, err)
	}
	x.note(ev)
	return ev, nil
}

// note keeps the facts that every reader of the body would have to.
func (x *exchange) note(ev wire.Event) {
	switch ev.Kind {
	case wire.Data:
		x.received += int64(len(ev.Data))
	case wire.Trailers:
		x.resp.trailers = x.resp.trailers[:0]
		x.resp.trailers = append(x.resp.trailers, ev.Data...)
	}
}

// fill reads once into the window.
func (x *exchange) fill(ctx context.Context) error {
	if x.chunks.size > 0 {
		x.chunks.settle()
	}
	n, err := x.read(ctx, x.in.room())
	x.in.w += n
	return err
}

// read returns at least one byte or an error, never both: an error that came
// with bytes waits for the next call.
func (x *exchange) read(ctx context.Context, p []byte) (int, error) {
	if x.readErr != nil {
		return 0, x.readErr
	}
	for {
		if err := x.mayRead(ctx); err != nil {
			return 0, err
		}
		n, err := readSome(x.sock.conn, p)
		if x.phase == PhaseBody { // and not an answer to what is being sent
			if slow := x.paced(n); slow != nil {
				return 0, slow
			}
		}
		if n > 0 {
			x.heard = true
			x.sock.keep.heard()
			if !isTimeout(err) {
				x.readErr = err
			}
			return n, nil
		}
		if err = x.sock.judge(err); !x.windowOver(err) {
			return 0, err
		}
	}
}

// mayRead is asked before each read: of a body, each has a limit.
func (x *exchange) mayRead(ctx context.Context) error {
	if x.phase != PhaseBody {
		return ctx.Err()
	}
	if x.pace.on() {
		x.pace.begin()
		wait, limit, name := x.pace.limit(x.times.Body, "Body")
		return x.sock.waitWithin(ctx, wait, limit, name)
	}
	return x.sock.within(ctx, x.times.Body, "Body")
}

// readSome reads at least one byte, or says why not.
func readSome(r io.Reader, p []byte) (int, error) {
	for range maxEmpty {
		n, err := r.Read(p)
		if n < 0 || n > len(p) {
			return 0, errBadCount
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
	return 0, io.ErrNoProgress
}
