// Package zlog writes what happens in calls of package zreq to a log of package
// zerolog: one line for each call, and what the call consisted of for those who look.
//
//	logger := zerolog.New(os.Stderr).Level(zerolog.InfoLevel).With().Timestamp().Logger()
//	session := &zreq.Session{Trace: zlog.New(logger)}
//
//	{"level":"info","call":7,"method":"GET","url":"https://fleet.example/config","status":200,"sent":141,
//	 "received":512,"elapsed":38.2,"reused":true,"attempts":1,"time":"…","message":"request"}
//
// # Which level
//
// The level of the logger decides how much is written, and that of zerolog.New is the
// lowest: without Level a GET is some eight lines, of which all but one are debug.
//
// Info is the line of a call that is over, one for each, "request". With a Stream it
// comes when the body has ended. A status is no failure, whatever it is: the field is
// there to be counted. What the program ended itself, by a context, is info as well.
//
// Error is that line for a call that failed, "request failed". No other line has this
// level, so that an alarm on it counts calls and not attempts.
//
// Warn is that line for a call of which nobody knows that it went well: without an
// error its connection is a failed one, as where a callback has panicked.
//
// Debug is all else, one line for each [zreq.Event], and its message is the kind. A
// retry and a connection that died idle are there, too, and not at warn. Over bad
// links they are what a Session is for, and in an outage, when a gateway can least
// pay for it, they would be most of the log. What came of them is in the line of the
// call: attempts, reused, and tries if they did not help.
//
// # Which fields
//
// A field that has nothing to tell is left out, but for those marked *. Durations are
// in zerolog.DurationFieldUnit, milliseconds by default.
//
//	call      *  the number of the call: what happened in one has the same; an idle
//	             connection that a Session closes has neither call, attempt nor elapsed
//	method       of the request; "connect" is zreq.Connect
//	url          scheme, host and path
//	status       of the response that came last
//	sent         bytes, heads included; * in the line of a call
//	received     bytes of the body; * in the line of a call
//	elapsed   *  since the event before in the call; in the line of a call the whole of it
//	reused    *  the connection had carried a request before (line of a call, conn)
//	attempts  *  how many there were (line of a call)
//	closed       why a connection was not kept
//
//	attempt   *  which it is (debug)
//	address      host and port that are dialled (dial, dialled, tls, secured, close)
//	local        the address of our end of the connection, which tells its interface (conn)
//	remote       that of the other (conn)
//	idle         for how long nobody had used it (conn)
//	wait      *  before the next attempt (retry)
//
// And of an error, so that nobody has to parse its text:
//
//	phase        of the call in which it failed: request, wait, dial, tls, send, head, body
//	kind         one of the Err values of package zreq, in its words
//	cause     *  what the network, the peer or the callback said
//	timeout      true if a limit in time ended it
//	taken        bytes that the callback or writer had taken: where to go on
//	why          what ran out, if the retries did
//	tries        each attempt of those: phase, status, kind, cause, timeout, wait
//
// # What is not in it
//
// Credentials, queries and fragments. Method, URL and address come without them from
// package zreq, and no field of a head is written. An error may quote anything: of
// its text this package takes away whatever is before an @, all behind the ? or # of
// a URL, the values of a=b&c=d, and what follows Authorization: or Cookie: in the
// line, or Basic and Bearer. It takes rather too much than too little, and puts "…"
// in its place. A cause is cut at 512 bytes. What a callback panics with is not seen.
//
// What cannot be known to be secret is written: the path of a URL and the name of a
// host, with whatever an application puts there; what an error of the caller's own
// says in other words, by a callback, a body, a driver, an [zreq.Auth] or a
// context; and, by the logger itself, the fields that its owner gave to it.
//
// What a server sends breaks no line: zerolog writes control characters as escapes,
// in JSON and by its ConsoleWriter.
//
// # Ownership and cost
//
// The logger belongs to the caller, with its writer, its level and its context. A line
// is written on the goroutine of the call, which waits for it; a diode.Writer of
// zerolog does not let it wait. Lines that are made at once come to the writer at
// once: zerolog.SyncWriter is for one that does not expect it. Nothing is kept between
// events, and nothing of an event is kept.
//
// A line allocates nothing, but for the attempts and quotations of an error and the
// addresses of conn. A level that is off costs a comparison. The zero zerolog.Logger
// writes nothing.
//
// # What it does not do
//
// It writes no bodies and no fields of heads, samples nothing (zerolog.Logger has
// Sample), counts nothing (see [zreq.Session.Stats]), and has no options.
package zlog
