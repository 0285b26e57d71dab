package zreq

import "context"

// again reports whether the response that has begun leads to another request of
// the same call, and makes that ready.
func (x *exchange) again(ctx context.Context) (bool, error) {
	sendable := !(x.conn.http10 && x.body.chunked()) // RFC 9112, 6.1
	switch status := x.resp.Status; {
	case status == 417 && x.expects && sendable:
		return true, x.unexpect(ctx)
	case status == 401 && x.args.Auth != nil && !x.crossed && !x.challenged && sendable:
		return x.answer(ctx)
	}
	return x.follow(ctx)
}

// restart makes the exchange ready for another request.
func (x *exchange) restart(ctx context.Context) error {
	if err := x.body.rewind(); err != nil {
		return x.blame(&ErrBody, err)
	}
	if x.args.DropHead {
		x.resp.head = nil // it was a view of the window
	}
	if err := x.compose(ctx); err != nil {
		return err
	}
	x.before += x.sent
	x.sent, x.received = 0, 0
	x.pace.restart()
	x.phase = PhaseRequest
	x.answered, x.heard, x.unsent, x.reused, x.readErr, x.kind = false, false, false, false, nil, nil
	x.why = CloseFailed
	x.in.r, x.in.w = 0, 0
	return nil
}

// part gives the connection back.
func (x *exchange) part(why CloseReason) {
	if x.unhook != nil && !x.unhook() {
		why = CloseCancelled // a late cancel must not hit the next call
	}
	x.unhook = nil
	why = x.letGo(why)
	x.tellClose(why)
	x.sock = nil
}

// letGo ends the claim on the connection, and returns why that is not kept.
func (x *exchange) letGo(why CloseReason) CloseReason {
	conn := x.conn
	x.conn = nil // a Trace may panic, and it is let go of once
	if conn.owner != nil {
		return conn.owner.give(why)
	}
	conn.release(why)
	return why
}

// discard closes the socket. The claim stays.
func (x *exchange) discard(why CloseReason) {
	x.conn.drop()
	x.tellClose(why)
}

// tellClose tells of a socket that was closed, unless why is none.
func (x *exchange) tellClose(why CloseReason) {
	if why != CloseNone && x.sock != nil {
		x.tell(EventClose, why, nil)
		x.sock = nil
	}
}

// verdict says why the connection cannot be used again after this exchange.
func (x *exchange) verdict() CloseReason {
	switch {
	case x.unsent:
		return CloseUnsent
	case x.closing:
		return CloseRequested
	}
	if why := x.dec.Reuse(); why != CloseNone {
		return why
	}
	if x.sock != nil && x.sock.keep.over() {
		return CloseByPeer
	}
	if !x.in.empty() {
		return CloseLeftover // whose bytes they are, nobody can say
	}
	if x.readErr != nil {
		return CloseDied
	}
	return CloseNone
}
