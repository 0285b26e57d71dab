// Package zlog logs the calls of package zreq with package zerolog. It writes one line
// for each call and, at debug level, one line for each event in a call.
//
//	logger := zerolog.New(os.Stderr).Level(zerolog.InfoLevel).With().Timestamp().Logger()
//	session := &zreq.Session{Trace: zlog.New(logger)}
//
// A call of the session writes:
//
//	{"level":"info","call":7,"method":"GET","url":"https://fleet.example/config","status":200,"sent":141,
//	 "received":512,"elapsed":38.2,"reused":true,"attempts":1,"time":"…","message":"request"}
//
// # Levels
//
// The level of the logger decides how much is written. zerolog.New returns a logger with
// the lowest level. Without Level a GET writes about eight lines, of which all but one
// are at debug level.
//
//   - Info: a call is over, "request". With Stream that is when the body has ended. A
//     status is never a failure; it is a field of the line. A call that the program itself
//     has ended by a context is info as well, "request cancelled".
//   - Error: a call has failed, "request failed". No other line has this level, so an
//     alarm on it counts calls and not attempts.
//   - Warn: a call is over, has no error, but its connection has failed, for example
//     because a callback has panicked. It is not known whether the call went well.
//   - Debug: one line for each [zreq.Event]. The message is the kind of the event.
//
// Retries and connections that died idle are logged at debug level and not at warn. Over
// bad links they are normal, and in an outage, when a gateway can least afford it, they
// would fill the log. Their result is in the line of the call: attempts, reused, and
// tries if the retries did not help.
//
// # Fields
//
// A field without a value is left out, unless it is marked with *. Durations are in
// zerolog.DurationFieldUnit, which is milliseconds by default. Brackets name the lines that
// have a field, if only some have it:
//
//	call      *  the number of the call, the same for all its events; the line of an idle
//	             connection that a Session closes has neither call, attempt nor elapsed
//	method       of the request; "connect" is zreq.Connect
//	url          scheme, host and path
//	status       of the last response
//	sent         bytes, with heads; * in the line of a call
//	received     bytes of the body; * in the line of a call
//	elapsed   *  since the previous event of the call; in the line of a call, of the whole call
//	reused    *  the connection had carried a request before (line of a call, conn)
//	attempts  *  the number of attempts (line of a call)
//	closed       why a connection was not kept
//
//	attempt   *  the number of the attempt (debug)
//	address      host and port that are dialled (dial, dialled, tls, secured, close)
//	link         name of the link, if the driver names it (dialled, conn, retry, close, done)
//	local        our address of the connection, which tells its interface (conn)
//	remote       the address of the peer (conn)
//	idle         how long the connection was idle (conn)
//	wait      *  time until the next attempt (retry)
//
// An error has these fields, so that its text need not be parsed:
//
//	phase        in which the call failed: request, wait, dial, tls, send, head, body
//	kind         the text of one of the Err values of package zreq
//	cause     *  what the network, the peer or the callback reported
//	timeout      true if a time limit ended the call
//	taken        bytes that the callback or writer has accepted: where to resume
//	why          what ran out, if the retries did
//	tries        each attempt then: phase, status, kind, cause, timeout, wait
//
// # Secrets
//
// The log contains no credentials, queries and fragments. Method, URL and address come
// without them from package zreq, and no field of a head is written. The text of an error
// may quote anything. From it the package removes whatever is before an @, everything
// after the ? or # of a URL, the values of a=b&c=d, and what follows Authorization:,
// Cookie:, Basic or Bearer in the line. It removes too much rather than too little, and
// writes "…" in its place. A cause is cut at 512 bytes. The value of a panic in a
// callback is not seen.
//
// The package cannot recognize every secret. It writes the path of a URL and the name of
// a host, whatever an application puts there. It writes what an error of the caller says
// in other words, from a callback, a body, a driver, an [zreq.Auth] or a context. And the
// logger writes the fields that its owner has given it.
//
// Nothing that a server sends can break a line: zerolog escapes control characters, in
// JSON and in its ConsoleWriter.
//
// # Ownership and cost
//
// The caller owns the logger, with its writer, its level and its context. A line is
// written on the goroutine of the call, which waits for it. With a diode.Writer of
// zerolog it does not wait. If calls are made at the same time, the writer is called at
// the same time; wrap it in a zerolog.SyncWriter if it does not allow that. The package
// keeps nothing between events.
//
// A line allocates nothing, except for the attempts and quotations of an error and the
// addresses of conn. A level that is switched off costs a comparison. The zero
// zerolog.Logger writes nothing.
//
// # What it does not do
//
// The package writes no bodies and no header fields. It does not sample (zerolog.Logger
// has Sample) or count (see [zreq.Session.Stats]), and has no options.
package zlog
