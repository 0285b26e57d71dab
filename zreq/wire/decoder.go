package wire

// A Decoder decodes the responses to one request: the informational ones and the final
// one. Call Reset before the first Next. A Decoder keeps no input, allocates nothing and
// is not safe for concurrent use.
type Decoder struct {
	phase         phase
	headRequest   bool // the request was HEAD
	connect       bool // the request was CONNECT
	digits        bool // the chunk size has a digit
	informational int  // 1xx responses so far
	limits        Limits

	section section // how far a head or a trailer section has been read
	message         // what the last head said

	rest      int64 // bytes left of the body or the chunk; in a chunk-size line the size so far
	lineBytes int   // bytes of the chunk-size line so far
	excess    int64 // bytes of chunk framing beyond those that the data account for
}

// Reset makes d ready for the response to a request with the given method.
func (d *Decoder) Reset(method string, limits Limits) {
	*d = Decoder{
		phase:       d.phase,
		limits:      limits.withDefaults(),
		headRequest: method == "HEAD",
		connect:     method == "CONNECT",
	}
	d.length = -1
	d.allowance = unlimited
	d.phase.step(sigReset)
}

// Next decodes at most one event from in and reports how many bytes it used. The caller
// gives the unused bytes again in the next call, with more behind them. A head or a
// trailer section is used only as a whole, so in must be able to grow to the limit of
// each. Next may modify the bytes that it used (folded lines).
//
// An error is final. After an error, and after End, Next returns ErrSequence.
func (d *Decoder) Next(in []byte) (ev Event, used int, err error) {
	switch d.phase {
	case unready, done, failed:
		return Event{}, 0, ErrSequence
	case complete:
		return d.end(), 0, nil
	case inHead:
		ev, used, err = d.lines(in)
	default:
		ev, used, err = d.body(in)
	}
	if err != nil {
		return Event{}, 0, d.fail(err)
	}
	return ev, used, nil
}

// EOF tells d that the input has ended after the bytes that the last Next used. It
// returns End if the response is complete: its body lasts until close, or only the call
// that returns End is missing. Otherwise it returns ErrTruncated.
func (d *Decoder) EOF() (Event, error) {
	switch d.phase {
	case unready, done, failed:
		return Event{}, ErrSequence
	case untilClose, complete:
		return d.end(), nil
	default:
		return Event{}, d.fail(ErrTruncated)
	}
}

func (d *Decoder) end() Event {
	d.phase.step(sigEnd)
	return Event{Kind: End}
}

// fail ends the decoding with err, unless it has ended already.
func (d *Decoder) fail(err error) error {
	d.phase.step(sigFail)
	return err
}

// Status returns the status code of the last head.
func (d *Decoder) Status() int { return d.status }

// Minor returns the minor version of the last head: 0 for HTTP/1.0, otherwise 1. A
// higher version is treated as HTTP/1.1 (RFC 9110, 2.5).
func (d *Decoder) Minor() int { return int(d.minor) }

// Framing returns how the end of the body is found. It is valid after Head. After a 2xx to
// CONNECT it is UntilClose, whatever the fields say: all that follows the head belongs to
// the tunnel (RFC 9110, 9.3.6).
func (d *Decoder) Framing() Framing { return d.framing }

// Length returns the Content-Length of the last head, even if no body comes with it
// (HEAD, 304). It returns -1 if there is none or none that can be trusted.
func (d *Decoder) Length() int64 { return d.declaredLength() }

// KeepAlive returns what the Keep-Alive field says: for how many seconds the connection
// may be idle before it is used again, and how many further requests it may carry. A
// value that the head does not give is negative. KeepAlive is valid after Head.
func (d *Decoder) KeepAlive() (idle, requests int32) {
	return d.allowance.idle, d.allowance.requests
}

// Closes reports whether the head says that the peer closes the connection after this
// response (RFC 9112, 9.3 and 9.6). It is valid after Head.
func (d *Decoder) Closes() bool { return d.closes() }

// Done reports whether the whole response has been decoded. Next may still have to
// return End, which needs no input.
func (d *Decoder) Done() bool { return d.phase == complete || d.phase == done }

// Reuse returns CloseNone if the response allows another request on the connection
// (RFC 9112, 9.3), or the reason why not. Before Done it returns CloseUnread, and after an
// error CloseFailed. The caller judges what the Decoder does not see: the request, and
// bytes that follow the response.
func (d *Decoder) Reuse() CloseReason {
	switch {
	case d.phase == failed:
		return CloseFailed
	case !d.Done():
		return CloseUnread
	case d.framing == UntilClose:
		return CloseUnframed
	case d.doubt:
		return CloseDoubt
	case d.saidClose:
		return CloseByPeer
	case d.closes():
		return CloseHTTP10
	default:
		return CloseNone
	}
}
