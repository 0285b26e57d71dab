package zreq

import (
	"context"
	"errors"
	"io"

	"github.com/zreq-go/zreq/zreq/wire"
)

// exchange is one request and its response on one connection. It is the only
// place where the bytes of a driver meet the codec: next asks the decoder, and
// fills the window from the socket when the decoder needs more.
//
// It lives on the stack of the call.
type exchange struct {
	method  string
	args    *Args
	at      target
	limits  Limits
	times   Timeouts
	closing bool // our request says Connection: close

	conn   *Connection // claimed
	sock   *socket
	unhook func() bool // stops watching the context
	reused bool        // sock has carried a call before

	in      window
	dec     wire.Decoder
	chunks  chunker
	readErr error // came together with the last bytes that were read
	heard   bool  // at least one byte came back

	phase    Phase
	sent     int64
	received int64
	kind     error // of the failure: one of the Err values
	stopped  bool  // by ErrStop
	why      CloseReason

	resp *Response
}

var (
	errBadCount  = errors.New("the driver returned an impossible count")
	errNoAnswer  = errors.New("connection closed before any response")
	errUnasked   = errors.New("the peer sent bytes before the request")
	errNoContext = errors.New("the context is nil")
	errContent   = limitError("the body is larger than Limits.Content: raise it, or take it in chunks by StreamCallback")
)

// maxEmpty bounds how often in a row a driver may read or write nothing.
const maxEmpty = 100

// maxDrain bounds what is read of a response that nobody wants, to save its
// connection.
const maxDrain = 4 << 10

// run makes the exchange. Its deferred end runs also when a callback panics.
func (x *exchange) run(ctx context.Context, url string) error {
	x.why = CloseFailed
	defer x.end()
	err := x.steps(ctx, url)
	switch {
	case err == nil:
		x.why = x.verdict()
		return nil
	case x.stopped:
		return nil
	}
	return x.fail(ctx, err)
}

// steps is a call from the verb to the socket and back.
func (x *exchange) steps(ctx context.Context, url string) error {
	head, err := x.prepare(ctx, url)
	if err != nil {
		return err
	}
	if err := x.occupy(ctx); err != nil {
		return err
	}
	if err := x.sendHead(ctx, head); err != nil {
		return err
	}
	if err := x.readHead(ctx); err != nil {
		return err
	}
	return x.readBody(ctx)
}

// end releases what run took, each thing once.
func (x *exchange) end() {
	if x.unhook != nil && !x.unhook() {
		x.why = CloseCancelled // a late cancel must not hit the next call
	}
	x.chunks.close()
	x.in.close()
	if x.conn == nil { // it was not claimed, and is as it was
		x.resp.Connection = x.args.Connection
		return
	}
	if x.why == CloseNone && x.conn.isClosed() {
		x.why = CloseByCaller
	}
	x.conn.release(x.why)
	x.resp.reason = x.why
	if x.why == CloseNone {
		x.resp.Connection = x.conn
	}
}

// prepare checks everything that the caller gave and writes the head of the
// request into the window, which is free until it has been sent.
func (x *exchange) prepare(ctx context.Context, url string) (head []byte, err error) {
	if ctx == nil {
		return nil, errNoContext
	}
	if x.at, err = splitURL(url); err != nil {
		return nil, err
	}
	if x.limits, err = x.args.Limits.withDefaults(); err != nil {
		return nil, err
	}
	if x.args.StreamChunk < 0 {
		return nil, errNegativeLimit
	}
	x.times = x.args.Timeouts.withDefaults()
	x.closing = x.wantsClose()
	x.in.open(x.limits.ReadBuffer)
	if head, err = x.appendHead(x.in.buf.B[:0]); err != nil {
		return nil, err
	}
	if len(head) > x.limits.RequestBytes {
		return nil, errRequestHead
	}
	x.in.buf.B = head[:max(len(head), len(x.in.buf.B))] // it may have grown
	x.resp.url = url
	if !x.at.plain || len(x.args.Params) > 0 {
		x.resp.url = string(append(x.at.origin(), requestTarget(head)...))
	}
	return head, ctx.Err()
}

// wantsClose reports whether the request asks for the end of the connection:
// as in Zerynth, unless the caller asks for Keep-Alive or brings a Connection.
func (x *exchange) wantsClose() bool {
	closes := x.args.Connection == nil
	for _, field := range x.args.Headers {
		if !equalFold(field[0], "Connection") {
			continue
		}
		if wire.HasToken([]byte(field[1]), "close") {
			return true
		}
		if wire.HasToken([]byte(field[1]), "keep-alive") {
			closes = false
		}
	}
	return closes
}

// occupy claims the connection and sees to it that it is open.
func (x *exchange) occupy(ctx context.Context) (err error) {
	conn := x.args.Connection
	if conn == nil {
		conn, err = newConnection(x.at, x.args)
	} else {
		err = conn.serves(&x.at, x.args)
	}
	if err != nil {
		return err
	}
	if err := conn.claim(); err != nil {
		return err
	}
	x.conn = conn
	if s := conn.alive(); s != nil {
		x.reused = true
		x.use(ctx, s)
		return nil
	}
	return x.redial(ctx)
}

// redial opens the connection, in place of a socket that died idle if there was one.
func (x *exchange) redial(ctx context.Context) error {
	x.conn.drop()
	x.reused = false
	s, err := x.dial(ctx)
	if err != nil {
		return err
	}
	x.use(ctx, s)
	return nil
}

// use makes s the socket of the exchange and watches the context for it.
func (x *exchange) use(ctx context.Context, s *socket) {
	if x.unhook != nil {
		x.unhook() // of a socket that is gone
	}
	x.sock, x.unhook = s, nil
	if ctx.Done() != nil {
		x.unhook = context.AfterFunc(ctx, s.interrupt)
	}
}

// sendHead sends the head in one write. A kept socket that turns out to be dead
// before it took a byte is replaced in place.
func (x *exchange) sendHead(ctx context.Context, head []byte) error {
	x.phase = PhaseSend
	if !x.reused && x.sock.unasked() { // a kept one has just been looked at
		return x.blame(ErrResponse, errUnasked)
	}
	err := x.write(ctx, head)
	if err != nil && x.reused && x.sent == 0 && ctx.Err() == nil && !isTimeout(err) && !x.conn.isClosed() {
		if err := x.redial(ctx); err != nil {
			return err
		}
		x.phase = PhaseSend
		err = x.write(ctx, head)
	}
	if err != nil {
		return x.blame(x.broken(), err)
	}
	return nil
}

// write sends all of p, whatever the driver takes at a time.
func (x *exchange) write(ctx context.Context, p []byte) error {
	for empty := 0; len(p) > 0; {
		if err := x.sock.writeWithin(ctx, x.times.Write); err != nil {
			return err
		}
		n, err := x.sock.conn.Write(p)
		if n < 0 || n > len(p) {
			n, err = len(p), errBadCount
		}
		x.sent += int64(n)
		if p = p[n:]; err != nil {
			return x.sock.writeError(err)
		}
		if empty++; n > 0 {
			empty = 0
		}
		if empty > maxEmpty {
			return io.ErrNoProgress
		}
	}
	return nil
}

// readHead reads up to and with the final head.
func (x *exchange) readHead(ctx context.Context) error {
	x.phase = PhaseHead
	x.dec.Reset(x.method, x.limits.wire())
	if err := x.sock.readWithin(ctx, x.times.Head, "Head"); err != nil { // once: it bounds the whole head
		return x.blame(x.broken(), err)
	}
	for {
		ev, err := x.next(ctx)
		if err != nil {
			return err
		}
		if ev.Kind == wire.Head {
			x.takeHead(ev.Data)
			break
		}
	}
	if x.resp.Status == 408 && x.reused {
		// Sent as the server gave up on the idle connection (RFC 9110, 15.5.9).
		return x.blame(nil, ErrStale)
	}
	if x.args.OnHead != nil {
		return x.stop(x.args.OnHead(x.resp))
	}
	return nil
}

// takeHead fills the Response from the head that was decoded.
func (x *exchange) takeHead(block []byte) {
	r := x.resp
	r.Status = x.dec.Status()
	r.Proto = "HTTP/1.1"
	if x.dec.Minor() == 0 {
		r.Proto = "HTTP/1.0"
	}
	r.framing, r.length = x.dec.Framing(), x.dec.Length()
	if x.args.DropHead {
		r.head = block // a view, until readBody drops it
		return
	}
	r.head = append(r.head[:0], block...)
}

// readBody reads the body to where the caller wants it.
func (x *exchange) readBody(ctx context.Context) error {
	var want admission
	var refusal error
	if x.args.StreamCallback != nil {
		want, refusal = x.admit()
	}
	if x.args.DropHead {
		x.resp.head = nil
	}
	switch {
	case refusal != nil:
		return x.refuse(ctx, refusal)
	case x.args.StreamCallback == nil:
		x.phase = PhaseBody
		return x.readContent(ctx)
	}
	x.phase = PhaseBody
	err := x.stream(ctx, want)
	x.resp.content = append(x.resp.content[:0], x.chunks.last...)
	return err
}

// refuse ends a call whose callback may not have the body. An error page is
// kept as content; of the rest, what costs little is read to save the connection.
func (x *exchange) refuse(ctx context.Context, refusal error) error {
	if x.resp.Status >= 400 {
		x.phase = PhaseBody
		if err := x.readContent(ctx); err != nil && x.resp.cut == nil {
			x.resp.cut = err
		}
	} else {
		x.drain(ctx)
	}
	x.phase = PhaseHead
	x.why = x.verdict()
	if refusal == ErrUnframed {
		return x.blame(nil, refusal)
	}
	return x.blame(ErrStatus, refusal)
}

// readContent buffers the body within its limit. An error page that is longer
// is cut, so that it does not hide the status.
func (x *exchange) readContent(ctx context.Context) error {
	r, limit := x.resp, x.limits.Content
	page := r.Status >= 400
	if r.framing == FramingLength && r.length > limit && !page {
		return x.blame(nil, errContent)
	}
	for {
		ev, err := x.next(ctx)
		if err != nil {
			return err
		}
		switch ev.Kind {
		case wire.Data:
			left := limit - int64(len(r.content))
			r.content = append(r.content, ev.Data[:min(left, int64(len(ev.Data)))]...)
			if left >= int64(len(ev.Data)) {
				continue
			}
			if !page {
				return x.blame(nil, errContent)
			}
			r.cut = errContent
			return nil
		case wire.End:
			return nil
		}
	}
}

// stream cuts the body into chunks for the callback.
func (x *exchange) stream(ctx context.Context, want admission) error {
	size := x.args.StreamChunk
	if size == 0 {
		size = defaultChunk
	}
	x.chunks = chunker{callback: x.args.StreamCallback, size: size}
	for {
		var err error
		var ev wire.Event
		p := x.direct()
		if p != nil {
			ev, err = x.nextInto(ctx, p)
		} else {
			ev, err = x.next(ctx)
		}
		if err != nil {
			return err
		}
		if want.length >= 0 && x.received > want.length {
			return x.blame(ErrResponse, errRangeMismatch)
		}
		switch {
		case ev.Kind == wire.End:
			return x.streamed(want)
		case ev.Kind != wire.Data:
			continue
		case p != nil:
			err = x.chunks.advance(len(ev.Data))
		default:
			err = x.chunks.write(ev.Data)
		}
		if err != nil {
			return x.stop(err)
		}
	}
}

// streamed passes on the last chunk and judges whether all has come.
func (x *exchange) streamed(want admission) error {
	if err := x.chunks.flush(); err != nil {
		return x.stop(err)
	}
	if x.resp.framing == FramingNone || want.length < 0 {
		return nil
	}
	if x.received < want.length {
		return x.truncated(want.length, errRangeMismatch)
	}
	if want.short {
		return x.truncated(-1, errShortRange)
	}
	return nil
}

// stop ends the exchange for an error of a callback; nil goes on.
func (x *exchange) stop(err error) error {
	if err == nil {
		return nil
	}
	x.why = CloseStopped
	x.stopped = errors.Is(err, ErrStop)
	return x.blame(nil, err)
}

// drain reads the rest of a response that nobody wants, if at most maxDrain
// bytes are known to remain or it lies in the window already.
func (x *exchange) drain(ctx context.Context) {
	for {
		ev, used, err := x.dec.Next(x.in.unread())
		x.in.r += used
		if err != nil || ev.Kind == wire.End {
			return
		}
		if ev.Kind != wire.NeedMore {
			continue
		}
		if x.resp.framing != FramingLength || x.dec.Expect() > maxDrain || x.fill(ctx) != nil {
			return
		}
	}
}

// next returns the next event of the response, reading as much as it takes.
func (x *exchange) next(ctx context.Context) (wire.Event, error) {
	for {
		ev, used, err := x.dec.Next(x.in.unread())
		x.in.r += used
		if err != nil {
			return ev, x.blame(ErrResponse, err)
		}
		if ev.Kind != wire.NeedMore {
			x.note(ev)
			return ev, nil
		}
		if err := x.fill(ctx); err == io.EOF {
			return x.atEOF()
		} else if err != nil {
			return ev, x.lost(err)
		}
	}
}

// direct returns where the body can be read to without the detour through the
// window: the chunk itself, if that and what is certain to come are both larger.
func (x *exchange) direct() []byte {
	size := int64(len(x.in.buf.B))
	if !x.in.empty() || int64(x.chunks.missing()) < size || x.dec.Expect() < size {
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
		return ev, x.blame(ErrResponse, err)
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
		x.resp.trailers = append(x.resp.trailers[:0], ev.Data...)
	case wire.End:
		x.resp.complete = x.resp.framing != FramingUntilClose || x.provesEnd()
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
	for range maxEmpty {
		err := ctx.Err()
		if x.phase == PhaseBody {
			err = x.sock.readWithin(ctx, x.times.Body, "Body")
		}
		if err != nil {
			return 0, err
		}
		n, err := x.sock.conn.Read(p)
		if n < 0 || n > len(p) {
			return 0, errBadCount
		}
		if n > 0 {
			x.heard = true
			if !isTimeout(err) {
				x.readErr = err
			}
			return n, nil
		}
		if err != nil {
			return 0, x.sock.readError(err)
		}
	}
	return 0, io.ErrNoProgress
}

// verdict says why the connection cannot be used again after this exchange.
func (x *exchange) verdict() CloseReason {
	if x.closing {
		return CloseRequested
	}
	if why := x.dec.Reuse(); why != CloseNone {
		return why
	}
	if !x.in.empty() {
		return CloseLeftover // whose bytes they are, nobody can say
	}
	if x.readErr != nil {
		return CloseDied
	}
	return CloseNone
}
