package zreq

import "time"

// Timeouts are the limits in time of the phases of a call. A zero field takes
// its default, a negative one means no limit. None fires early; each fires at
// most an eighth late. The time that a callback takes is not counted.
//
// There is no limit for the whole call here: that is the context's. LowSpeed is off by
// default, so a peer that sends a byte now and then can keep a call busy for ever.
//
// The limits hold for what a call waits for on the network. They do not end:
//   - a Read of Args.Body that blocks. Bound it where the bytes come from:
//     SetReadDeadline of an *os.File that is a pipe or a device, of an os.Pipe, or of a
//     net.Conn ends a Read, and the call with ErrBody. A regular file has no deadline,
//     and an io.Pipe is ended by its CloseWithError.
//   - a driver whose calls end neither by their deadline nor when the connection is
//     closed, as a network chip whose Send ignores Close: the call returns when the
//     chip does.
//
// When a write has failed, the call listens for an answer for up to a second before it
// returns: a server that refuses a body says why and closes (RFC 9112, 9.5). After
// Timeouts.Write it listens for a hundredth of that.
type Timeouts struct {
	// Dial bounds looking the name up and connecting. Default 10 s.
	Dial time.Duration
	// TLS bounds the handshake. Default 10 s.
	TLS time.Duration
	// Write bounds the time without progress while sending, which ends when the
	// system holds nothing any more of the request, if the driver can tell. Over TLS,
	// and with a driver that has no netdriver.Checker, progress is 4 KiB, or what is
	// left if that is less; else a byte. Once 128 KiB went in writes that each took less
	// than a 32nd of this, it is up to 16 KiB there, if Limits.ReadBuffer is as large,
	// until one takes longer. Default 30 s.
	Write time.Duration
	// Expect bounds the wait for the peer's word that it wants the body, with
	// Args.Expect100; after it the body goes out all the same. Default 1 s.
	Expect time.Duration
	// Head bounds the time from the end of the request to the end of the
	// response's final head. Default 30 s. With a body, it begins when the system
	// was seen to hold nothing of that any more, if the driver has a
	// netdriver.Queuer, as stdnet on Linux; else when the driver has taken the last
	// byte.
	Head time.Duration
	// Body bounds the time without a byte while the body is read. Default 30 s.
	Body time.Duration
	// Wait bounds how long a call of a [Session] waits for a connection, each time it
	// waits for one, when as many are in use as PoolLimits allow. The error says how
	// many those are, and which limit it was. Default 30 s.
	Wait time.Duration
	// LowSpeed bounds from below how fast a body comes or goes. Off by default.
	LowSpeed LowSpeed
}

// LowSpeed is at least Bytes in each time In that was spent waiting for the peer,
// while a body is read or sent. It ends a transfer that drips, which no limit on
// silence does. The zero value, the default, is no limit. Where a write that a deadline cuts
// cannot be taken up again (see Write), what is sent is counted write by write, and
// what TLS adds is not: leave a tenth of room there.
type LowSpeed struct {
	Bytes int64         // of the body, in its framing while it is sent; zero or less: no limit
	In    time.Duration // default 30 s
}

// century is as good as no limit.
const century = 100 * 365 * 24 * time.Hour

// queueWait is how often the system is asked, at most, what it still holds of a request.
const queueWait = 100 * time.Millisecond

// earlyWait bounds the wait for an answer after a request could not be sent.
const earlyWait = time.Second

// drainWait bounds the wait for the rest of a response that nobody wants.
const drainWait = time.Second

func (t *Timeouts) setDefaults() {
	orDefault(&t.Dial, 10*time.Second)
	orDefault(&t.TLS, 10*time.Second)
	orDefault(&t.Write, 30*time.Second)
	orDefault(&t.Expect, time.Second)
	orDefault(&t.Head, 30*time.Second)
	orDefault(&t.Body, 30*time.Second)
	orDefault(&t.Wait, 30*time.Second)
	orDefault(&t.LowSpeed.In, 30*time.Second)
}

// orDefault is not inlined: its copies cost 0.4 KB.
//
//go:noinline
func orDefault(d *time.Duration, byDefault time.Duration) {
	switch {
	case *d == 0:
		*d = byDefault
	case *d > century:
		*d = -1 // an eighth more may not fit
	}
}

// timeoutError says which limit ended a call.
type timeoutError struct {
	_     incomparable
	limit time.Duration
	name  string // the field of Timeouts
	err   error
}

func (e *timeoutError) Error() string {
	return "timeout: Timeouts." + e.name + " of " + e.limit.String() + " is over: " + e.err.Error()
}
func (e *timeoutError) Timeout() bool { return true }
func (e *timeoutError) Unwrap() error { return e.err }
