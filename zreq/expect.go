package zreq

import "context"

// expectation is the field with which a request asks whether its body is wanted.
const expectation = "Expect: 100-continue\r\n"

// await waits for the word of the peer that it wants the body (RFC 9110,
// 10.1.1). If none comes in time, the body goes out all the same, and the peer of
// this connection is not asked again. errAnswered says that it does not want it.
func (x *exchange) await(ctx context.Context) error {
	x.phase = PhaseHead
	if err := x.sock.within(ctx, x.times.Expect, "Expect"); err != nil {
		return x.broken(err)
	}
	for {
		final, err := x.heed(ctx)
		_, silent := err.(*timeoutError)
		switch {
		case final:
			return errAnswered
		case silent:
			x.conn.deaf, x.kind = true, nil
		case err != nil:
			return err
		case x.dec.Status() != 100:
			continue
		}
		x.phase = PhaseSend
		return nil
	}
}

// unexpect makes the request ready to be sent again, on a new connection and
// without the expectation that the peer refused (RFC 9110, 15.5.18). It was
// refused, so that nothing has been acted on, and what was sent does not count.
func (x *exchange) unexpect(ctx context.Context) error {
	x.conn.deaf, x.challenged = true, false // other credentials, if any: they go out but once
	x.sent = 0
	x.discard(CloseUnsent)
	return x.restart(ctx)
}
