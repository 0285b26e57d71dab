// Package zreq is a streaming HTTP/1.1 client for small devices and bad links.
//
// It streams a download of any length through a callback, in chunks of a fixed
// size and in constant memory, and never calls a short or mixed body a success.
// It keeps a connection between calls as a value in the caller's hand, with
// neither goroutine nor buffer while idle. It sends a body of any size without
// loading it. It does this over whatever network driver the program has: the
// system's TCP, a chip behind a serial bus, a network in memory.
//
//	import _ "github.com/zreq-go/zreq/netdriver/std" // TCP of the system, and TLS
//
//	_, err := zreq.Get(ctx, "https://updates.example/firmware.bin", &zreq.Args{
//		StreamChunk: 4096,
//		StreamCallback: func(chunk []byte) error {
//			_, err := flash.Write(chunk)
//			return err
//		},
//	})
//	// A nil err means that every byte came.
//
// # A call, from verb to socket and back
//
// A verb (verbs.go) takes its [Args] (args.go) and runs an exchange
// (exchange.go), which lives on the stack of the call:
//
//   - prepare takes the URL apart (url.go) and writes the head of the request
//     (request.go) into a borrowed buffer (buffer.go). Everything that the
//     caller gave is checked here; nothing has been dialled.
//   - occupy claims the [Connection] (connection.go), looks whether its peer is
//     still there, and dials (dial.go) if it is not or there is none.
//   - send.go sends the head and the body (body.go), of which the peer may be
//     asked first (expect.go); a file may send itself (sender.go). Meanwhile
//     early.go listens for an answer that does not wait for the end.
//   - receive.go reads the head into the [Response] (response.go). again.go asks
//     whether it leads to another request: a redirect (redirect.go, resolve.go),
//     or a challenge that [Args.Auth] answers (auth.go). That goes the same way,
//     from occupy on.
//   - OnHead is asked about the last head, and it is decided whether the callback
//     may have the body (accept.go, byterange.go). The body goes through the
//     callback in chunks (chunker.go) or into a buffer (content.go); or, with
//     [Args.Stream], the exchange moves into the Response (pull.go), by which the
//     body is read after the call (read.go), into a file perhaps (receiver.go).
//     encoding.go finds out in which content codings it is, coding.go undoes them on
//     the way, text.go and charset.go make
//     text of it.
//   - At the end the buffers go back, and the connection is kept or closed for
//     a reason (reuse.go, keepalive.go). What went wrong becomes an [*Error] (failure.go,
//     errors.go). All the way a [Trace] is told (trace.go, spy.go).
//
// The verbs of a [Session] (session.go) go the same way. Where a call has to choose a
// connection, the pool grants one (pool.go, shelf.go, member.go, members.go,
// sharing.go) or a place in the queue (queue.go, turn.go, shortage.go). A failure, or a response
// that asks for patience, is judged (attempt.go, retry.go, retryafter.go, httpdate.go, budget.go),
// and the call may go the steps again; attempts.go keeps account. keeper.go is what
// the exchange sees of all that.
//
// Package wire is the codec: bytes in, events out, no network. Package
// netdriver is the network: it knows nothing of HTTP. exchange.go alone joins
// them. deadline.go alone reads the clock, and pace.go measures by it.
//
// # Who owns which bytes
//
// A chunk belongs to the callback until it returns: it may be changed, and has
// to be copied to be kept. Where it lies whole in the read buffer it is passed
// as it lies.
//
// A Response owns its head, its trailers and its content; they are valid as
// long as it is. With [Args.Into] the next call reuses that memory. After a
// StreamCallback the content is a copy of the last chunk.
//
// A call borrows its buffers from one pool and gives them back before it
// returns, also when a callback panics; with [Args.Stream] when its body has been
// read to the end, or closed. An idle connection holds none. A body passes through
// one of them and is never held whole, but for the text of JSON.
//
// What the caller gives is only read, and not kept beyond the call; but the
// context, with Stream, is. A Response is for one goroutine at a time. A Connection is used by one call at a time,
// and may be closed from anywhere.
//
// # Limits
//
// [Limits] bounds in bytes and counts what a peer can make large, [Timeouts] in time
// what it can make slow. Each limit holds in every mode, and has a default, but for
// two: a body that is streamed may be of any length unless Limits.Body says otherwise,
// and may come at any pace unless Timeouts.LowSpeed does, which is off by default. What
// blocks in the caller's own code, as a Read of Args.Body, and a driver that cannot be
// interrupted are outside the limits; [Timeouts] says what to do. There is no limit for
// the whole of a call but the context's: a download over a slow link takes the time it
// takes, as long as bytes come. Memory does not depend on the length of a body: it is the read
// buffer, 4 KiB by default, the head, and at most three chunks.
//
// A body that is buffered may end with its connection, which RFC 9112, 8 takes
// for whole if nothing speaks against it; [Response.Complete] tells those apart.
//
// # Errors
//
// Every error of this package is an [*Error]: of the verbs, of [Connect], and of the
// methods of a [Response], but for io.EOF at the end of a body. It has the phase, the
// request, what was sent and received, and the cause; errors.Is tells the kind. Close
// of a Connection or a Session, and what only takes values, as package form, tlsnet and
// the drivers, have errors of their own, which are the cause of an Error when a call
// meets them. The packages over this one say which errors theirs are:
//
//   - download: a *download.Error, whose cause may be an *Error.
//   - upload: an *Error, or one of the kinds that upload names (ErrArgs, ErrUnsent,
//     ErrChanged, *SizeError).
//   - roundtrip: what net/http's users expect, with an *Error in the chain where there
//     is room for one.
//   - digest: ErrPassword and its like from Check; in a call an *Error.
//
// # What it does not do
//
// HTTP/2 and 3, a server, proxies by environment variable, cookies, caches,
// content codings that no import has asked for, and hidden retries: a verb of the
// package makes one attempt ([SafeToRetry] tells whether another may follow), and a
// Session never sends twice what may do harm twice; a redirect is followed and a
// challenge answered, which are requests of their own. It does not resolve names or
// speak TLS itself; both are the driver's.
//
// # Why it does not use net/http
//
// Because of what comes with it. net/http adds 3.7 MB to a program for
// linux/arm that dials with net, and keeps two goroutines and some 18 KB for
// each idle connection. It has no limit for a body that stops coming, and reaches
// no network but package net's. TLS, JSON and the like are linked only into
// programs that use them: this package imports neither net nor os nor fmt, and
// its tests see to it.
//
// # Why a callback does not get every body
//
// A callback usually writes where writing cannot be undone. So it gets a body
// only if that can be proven to be the thing asked for: no error page; no part
// from another place than the Range asked for; no whole where a part was to be
// appended; no body that is still compressed; no body whose end is merely the end
// of the connection, because a server that crashes ends it in the same way. Each refusal is an error with
// the Response beside it, and has a field of Args that lifts it, so that the
// choice can be read in the caller's code.
//
// # Why some code stands behind a variable or an interface
//
// A program pays for what it uses. What a call needs only for a content coding
// hangs on a variable that [RegisterCoding] sets; JSON, forms, multipart, Basic and
// Digest are behind interfaces that only their users fill; how a Response is read
// is in methods that the linker leaves out where nobody calls them. Redirects
// cannot be had on demand, since they are followed by default.
//
// # Why a Session has no goroutine
//
// What would it do? Close what has been idle for too long: that costs the server
// something, and the device next to nothing, until the connection is wanted again;
// and then it is looked at anyway. A look takes half a microsecond and sees what
// the peer has done. So idle connections are closed by the next call, by CloseIdle,
// which a program may call when it goes to sleep, or by Close.
//
// # Why a retry has to be paid for
//
// A server that is down is called by all its clients, and four attempts each are four
// times the load when it comes back. So a Session has a budget: 32 retries, and then
// one for every ten calls that succeed. While nothing succeeds there is one a
// minute, and a failure is what it is at the first attempt. The waits are random, from
// nothing up, because a fleet that was cut off together would come back together.
//
// # Why credentials do not travel
//
// A redirect can be written by whoever can write a link on the server. Where it
// leads to another scheme, host or port, nothing goes along that says who is asking:
// no Authorization, Cookie or Proxy-Authorization of the caller, no [Auth], no
// userinfo, no field that [Args.OriginOnly] names, and no client certificate. That
// stays so for the rest of the call, also on the way back, or a stranger could choose
// what the caller's own server is asked with the caller's name. An application's own
// secret fields are not known to zreq: name them in OriginOnly.
//
// What the TLS of the call demands of the peer is not dropped on the way: trusted
// roots, pinned keys and a name that replaces that of the URL count at every origin. So
// a redirect away from a pinned server fails, unless the pins have the key of the other
// one, too. Without the pin, the stranger who wrote the redirect would have chosen the
// peer. See [netdriver.Anonymizer] for what a TLS of one's own has to do.
//
// # Why deadlines are moved late
//
// A limit on silence wants a new deadline before every read, and each is work
// for the runtime or for the chip. zreq sets a deadline a ninth later than its
// limit asks for, and leaves it where it is while it is still at least the limit
// away. A stream, or a call in a loop, then moves one only every few seconds.
// In return a limit may fire an eighth late; it never fires early. A context
// that ends waits for none of this: it moves the deadline to the past, which
// wakes whoever is blocked.
//
// A call either writes or reads, so one deadline serves both, and stays where it
// is while the limits of both are the same. Where the driver is a
// [netdriver.Checker], a write of a body is cut after at most 100 ms and goes on
// after a look at the input. So an answer that comes meanwhile is seen, and a peer
// that takes a byte now and then is not taken for dead. Other drivers are looked at
// between two writes.
//
// # Why a connection in doubt is closed
//
// The next response on a connection begins where the last one ended. If the
// two sides do not agree where that was, the caller gets another one's answer,
// and no check will tell. So a connection is kept only if all was clear: the
// framing said where the body ends and it was read to there, the fields did not
// contradict each other, nothing followed, no callback or context ended the
// call in the middle. Dialling again costs a round trip or two;
// [Response.CloseReason] says what for.
package zreq
