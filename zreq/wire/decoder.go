package wire

// A Decoder decodes the responses to one request, informational ones and the
// final one. The zero Decoder is ready after Reset. It keeps no input, starts
// nothing and allocates nothing; it is not safe for concurrent use.
type Decoder struct {
	_      [0]func() // not compared: the functions for that would be 1.8 KB
	phase  phase
	limits Limits

	headRequest   bool // the request was HEAD
	connect       bool // the request was CONNECT
	informational int  // 1xx responses so far

	section section // how far a head or a trailer section has been looked at
	message         // what the head says

	rest      int64 // of the body, which until close is endless, or of the chunk; while its line is read, the size so far
	lineBytes int   // of the chunk-size line so far
	excess    int64 // of chunk framing over what the data account for
	digits    bool  // the chunk size has a digit
}

// A machine is a Decoder with the methods that are not for others: what is part of a
// type on the heap brings the names of its own into the program, which are 1 KB.
type machine Decoder

// A refusal is the address of the error that ends the decoding, or nil. It is one
// word instead of two from function to function, and known to the linker: 1 KB.
type refusal = *error

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
	_ = (*machine)(d).step(sigReset) // is allowed in every phase
}

// Next decodes at most one event from in and reports how many bytes it used.
// The rest is given again, with more behind it, in the next call: a head or a
// trailer section is used only as a whole, so in must be able to grow to the
// limit of each. in may be modified within the bytes used (folded lines).
// After End, and after an error, which is final, Next must not be called: it
// returns ErrSequence.
func (d *Decoder) Next(in []byte) (ev Event, used int, err error) {
	m := (*machine)(d)
	var why refusal
	switch d.phase {
	case unready, done, failed:
		return Event{}, 0, ErrSequence
	case inHead:
		ev, used, why = m.lines(in)
	case complete:
		ev = m.end()
	default:
		ev, used, why = m.body(in)
	}
	if why != nil {
		return Event{}, 0, m.fail(why)
	}
	return ev, used, nil
}

// EOF tells d that the input has ended where the last Next left it: End if that
// is the end of a body until close, or if nothing was missing but the call that
// says End; else ErrTruncated.
func (d *Decoder) EOF() (Event, error) {
	m := (*machine)(d)
	switch d.phase {
	case unready, done, failed:
		return Event{}, ErrSequence
	case untilClose, complete:
		return m.end(), nil
	default:
		return Event{}, m.fail(&ErrTruncated)
	}
}

// Status returns the status code of the last head.
func (d *Decoder) Status() int { return d.status }

// Minor returns the minor version of the last head: 0 for HTTP/1.0, else 1. A
// higher one is read as the highest that is known (RFC 9110, 2.5).
func (d *Decoder) Minor() int { return d.minor }

// Framing says how the body ends. It is valid after Head.
func (d *Decoder) Framing() Framing { return d.framing }

// Length returns the Content-Length that the head declares, also where no body
// comes with it (HEAD, 304), or -1 if it declares none or none that can be used.
func (d *Decoder) Length() int64 {
	if d.lengthVoid {
		return -1
	}
	return d.length
}

// Expect returns how many bytes of body, and nothing else, are certain to come
// next, if the peer sends at all: the rest of a length or of a chunk; a very
// large number for a body until close.
func (d *Decoder) Expect() int64 {
	switch d.phase {
	case inLength, chunkData:
		return d.rest
	case untilClose:
		return maxInt64
	default:
		return 0
	}
}

// Done says that the response has been decoded to its end: what is missing, if
// anything, is the call of Next that says End, and that needs no input.
func (d *Decoder) Done() bool { return d.phase == complete || d.phase == done }

const maxInt64 = 1<<63 - 1

// data hands over what in, which is not empty, has of the rest of a length, of a
// chunk, or of a body until close.
func (d *machine) data(in []byte) (Event, int, refusal) {
	n := len(in)
	if int64(n) >= d.rest {
		n = int(d.rest)
		if err := d.step(sigBodyRead); err != nil {
			return Event{}, 0, err
		}
	}
	d.rest -= int64(n)
	return Event{Kind: Data, Data: in[:n:n]}, n, nil
}

func (d *machine) end() Event {
	_ = d.step(sigEnd)
	return Event{Kind: End}
}

// fail ends the decoding, unless it had ended already.
func (d *machine) fail(why refusal) error {
	_ = d.step(sigFail)
	return *why
}

// Skip takes note of n bytes of body that were moved without Next, as a driver
// does that puts them into a file. More than Expect says is ErrSequence.
func (d *Decoder) Skip(n int64) error {
	switch {
	case n < 0 || n > d.Expect():
		return ErrSequence
	case n == 0 || d.phase == untilClose:
		return nil
	}
	d.rest -= n
	if d.rest > 0 {
		return nil
	}
	_ = (*machine)(d).step(sigBodyRead) // is allowed where bytes were expected
	return nil
}
