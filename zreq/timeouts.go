package zreq

import "time"

// Timeouts are the time limits for the phases of a call. A zero field has its default,
// and a negative one means no limit. No limit fires early, and each fires at most an
// eighth late. Time spent in a callback does not count; time spent in a [Trace] does.
//
// The call as a whole is limited only by its context. LowSpeed is off by default, so a
// peer that sends a byte now and then can keep a call busy for ever.
//
// The limits apply while a call waits for the network. They do not end:
//
//   - A Read of Args.Body that blocks. Bound it at its source. SetReadDeadline ends the
//     Read of a net.Conn, an os.Pipe, or an *os.File that is a pipe or a device, and the
//     call fails with ErrBody. CloseWithError ends that of an io.Pipe. A regular file has
//     no deadline.
//   - A driver whose calls end neither at their deadline nor when the connection is
//     closed, such as a network chip whose Send ignores Close. The call returns when the
//     chip does.
//
// After a write has failed, the call waits up to a second for a response before it
// returns, because a server that refuses a body says why and then closes (RFC 9112, 9.5).
// If the write failed because Write or LowSpeed.In had passed, the call waits only for a
// hundredth of that.
type Timeouts struct {
	// Dial limits looking up the name and connecting. Default 10 s.
	Dial time.Duration
	// TLS limits the handshake. Default 10 s.
	TLS time.Duration
	// Write limits the time without progress while a request is sent. If the driver can
	// tell, a request counts as sent when the system holds none of it any more. Default
	// 30 s.
	//
	// Progress is any byte that the driver takes. If the connection is a netdriver.Checker
	// and a netdriver.Queuer, as those of stdnet are on Linux, it is also any byte that the
	// peer acknowledges.
	//
	// But over TLS without a Queuer, and over a connection that is not a Checker, progress
	// is 4 KiB, or the rest if that is less. There it becomes up to 16 KiB, if
	// Limits.ReadBuffer is that large, after 128 KiB were sent in writes that each took less
	// than a 32nd of Write, and until a write takes longer. A TLS other than those of this
	// module is given 32 KiB then, and decides how much of that it takes.
	Write time.Duration
	// Expect limits the wait for 100 Continue, with Args.Expect100. After it the body is
	// sent in any case. Default 1 s.
	Expect time.Duration
	// Head limits the time from the end of the request to the end of the final response
	// head. If the request has a body and the connection is a netdriver.Queuer, as those
	// of stdnet are on Linux, the time begins when the system was seen to hold none of
	// the body any more. Otherwise it begins when the driver has taken the last byte.
	// Default 30 s.
	Head time.Duration
	// Body limits the time without a byte while the body is read. Default 30 s.
	Body time.Duration
	// Wait limits each wait of a call for a connection of its [Session], which is needed
	// when PoolLimits allows no further connection. The error says how many are in use
	// and which limit was reached. Default 30 s.
	Wait time.Duration
	// LowSpeed is the lowest rate at which a body may be read or sent. Off by default.
	LowSpeed LowSpeed
}

// LowSpeed asks for at least Bytes in each period In that a call spends waiting for the
// peer while a body is read or sent. It ends a transfer that drips, which a limit on
// silence does not. The zero value is no limit.
//
// Bytes that are sent are counted when the driver takes them, so a buffer of the system
// counts once, while it is filled. If the connection is a netdriver.Queuer, bytes that the
// peer acknowledges while the driver takes none are counted as well.
//
// Over TLS, and over a connection that is not a netdriver.Checker, bytes that are sent
// are counted write by write, and what TLS adds is not counted. Set Bytes a tenth lower
// there.
type LowSpeed struct {
	Bytes int64         // of the body, and of its framing while it is sent; zero or less: no limit
	In    time.Duration // default 30 s
}

// century is as good as no limit.
const century = 100 * 365 * 24 * time.Hour

// withDefaults returns the limits with their defaults. One that is over a century is none.
func (t Timeouts) withDefaults() Timeouts {
	for _, limit := range [...]struct {
		of      *time.Duration
		seconds int
	}{
		{&t.Dial, 10},
		{&t.TLS, 10},
		{&t.Write, 30},
		{&t.Expect, 1},
		{&t.Head, 30},
		{&t.Body, 30},
		{&t.Wait, 30},
		{&t.LowSpeed.In, 30},
	} {
		switch {
		case *limit.of == 0:
			*limit.of = time.Duration(limit.seconds) * time.Second
		case *limit.of > century:
			*limit.of = -1 // an eighth more may not fit
		}
	}
	return t
}
