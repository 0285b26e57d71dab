// Package roundtrip is the http.RoundTripper of zreq: a program, or a library, that
// takes an *http.Client makes its requests over a [zreq.Session], with its driver, its
// pool and its limits.
//
//	import _ "github.com/zreq-go/zreq/netdriver/std" // TCP of the system, and TLS
//
//	session := &zreq.Session{Timeouts: zreq.Timeouts{Body: 10 * time.Second}}
//	defer session.Close()
//	client := &http.Client{Transport: &roundtrip.Transport{Session: session}, Jar: jar}
//	resp, err := client.Get("https://updates.example/manifest.json")
//	if err != nil {
//		return err
//	}
//	defer resp.Body.Close()
//
// Redirects, cookies and credentials are the Client's, as its documentation has them. A
// response is what net/http's own Transport would have made of the same bytes, but for
// the differences below, and no status is an error.
//
// # What is the Session's
//
// Its limits hold, and they are finite by default where net/http's are not: 10 seconds to
// connect and 10 for a TLS handshake; 30 seconds for the head of a response, 30 without a
// byte of the body, and 30 without progress while sending; 16 KiB for the head of a
// response, and as much for that of a request; 128 fields; 64 connections, 8 to an
// origin, for which others wait up to 30 seconds. A stream of events that may be silent
// for longer wants another Timeouts.Body. Proxies are drivers, and none is taken from the
// environment.
//
// A Transport without a Session has one of its own, with two defaults that are nearer to
// net/http's: it has no limit of connections, neither to one origin nor in all, and it
// waits 10 minutes for the head of a response, so that long polls work. Of its
// connections 16 are kept idle, 8 to an origin.
//
// A content coding is undone if an import registered it (package gzip) and the request
// does not name Accept-Encoding itself, and Response.Uncompressed says so. Another
// coding is left as it came.
//
// # Who owns what
//
// The body of a request is read on the goroutine of RoundTrip and closed when that
// returns. If the context ends in the middle of a Read, it is closed at that moment, to
// end the Read. It is sent again, where a kept connection was dead or [Transport.Retry]
// asks for it, only if the request has a GetBody, or nothing of it was read.
//
// The body of a response has its connection until it has ended or was closed, and has
// to be closed. Close may be called from anywhere: a Read that waits ends then. The
// Session is its owner's to close.
//
// # Errors
//
// Programs compare the errors of an http.Client by ==, ask for their types and look for
// words in their texts. So an error is that of net/http wherever such a program could
// tell, and where there is room it holds the [*zreq.Error] with its facts, which
// errors.As finds. In RoundTrip, and so in the *url.Error of a Client:
//
//   - If the context has ended it is the cause of the context, itself. With
//     Client.Timeout the error is always the Client's. For that, where the deadline of
//     the request's context has passed and Client.Timeout is longer, the call ends up to
//     100 ms late.
//   - If the server closed the connection without a response it is io.EOF, itself.
//   - What failed in the system's network is its *net.OpError, itself.
//   - What the body of the request said is that error, itself, if the length of the body
//     was not known or it went out over TLS, and so is what GetBody said.
//   - A certificate that is not trusted is a *tls.CertificateVerificationError that holds
//     the facts.
//   - A server that answers a handshake in HTTP is a tls.RecordHeaderError, itself, of
//     which the Client makes http.ErrSchemeMismatch.
//   - Anything else holds the facts, or is a request that was refused, of the kind
//     zreq.ErrRequest.
//
// With [Transport.Retry] an error of a call that was made more than once, or would have
// been, is of the kind zreq.ErrOutOfRetries and holds the facts of all attempts, by a
// [*zreq.OutOfRetries]. The error of the last is inside: io.EOF is found by errors.Is, and
// a *net.OpError by errors.As, but neither by == nor by a type assertion.
//
// In Read of a Response.Body:
//
//   - If the context has ended it is the cause of the context, itself, or the Client's
//     error.
//   - After Close it has the text "http: read on closed response body". A Read that was
//     ended by Close from elsewhere is a net.Error of the kind net.ErrClosed. Both are of
//     the kind http.ErrBodyReadAfterClose.
//   - A body that was cut short is io.ErrUnexpectedEOF, itself, unless the connection
//     said something else, such as that it was reset.
//   - Anything else holds the facts.
//
// An error with facts is a net.Error, but for that of a certificate, and errors.Is finds
// its kind, such as zreq.ErrConnect. Where an error is given itself, the facts are
// in the zreq.EventDone of the call, if the Session has a Trace: its Err is the
// *zreq.Error.
//
// # Where a response differs from net/http's
//
// These are read in another way:
//
//   - Response.Status has no space after the code where there is no reason phrase, and
//     no spaces around one.
//   - A folded field value has a space for each byte of the fold (RFC 9112, 5.2), and not
//     one for all of them.
//   - HTTP/1.2 to HTTP/1.9 are read as HTTP/1.1 (RFC 9110, 2.5), and Response.Proto says
//     HTTP/1.1.
//   - A response of HTTP/1.0 with Transfer-Encoding: chunked is decoded, and its connection
//     closed (RFC 9112, 6.1). In net/http the chunk framing is part of its body.
//   - After a 204 with Transfer-Encoding, which it must not have (RFC 9112, 6.1), the
//     connection is closed.
//   - With package gzip, deflate and x-gzip are undone as well as gzip, and several
//     codings one after the other. Errors of a coding are those of package gzip.
//   - Over TLS a body without a length is cut short unless the server says close_notify
//     (RFC 9112, 9.8). In net/http it is whole.
//
// These are taken where net/http refuses them:
//
//   - A Content-Length that repeats one number, as "5, 5" (RFC 9110, 8.6), or as 5 and
//     05; a Transfer-Encoding with an empty member, as "chunked,".
//   - Fields that contradict each other in a response that has no body to frame, as to
//     HEAD. Response.ContentLength is -1 then.
//   - A Trailer field that announces Content-Length, Transfer-Encoding or Trailer. That
//     name is passed over.
//   - Control characters in a field value, but for NUL, CR and LF.
//   - A chunk size of more than 16 digits, of which the first are zeros.
//
// These are refused where net/http goes on: a response with both Content-Length and
// Transfer-Encoding; a folded Content-Length or Transfer-Encoding; a version that is not
// HTTP/1; a status below 100; more than one space before the status; a space in a field
// name or behind it; and whatever is over a limit.
//
// # Where a request differs from net/http's
//
//   - A 417 to a request with Expect: 100-continue is not handed to the Client: the request
//     is made once more without that field, on another connection (RFC 9110, 10.1.1). A
//     417 to that one is the response.
//   - Where a GET, HEAD, DELETE, OPTIONS, PROPFIND or SEARCH has a body of unknown length,
//     its first byte is waited for before anything is dialled, as long as the context
//     allows. net/http waits 200 ms for it, and then sends the head. TransferEncoding
//     "chunked" says that there is a body, and nothing is waited for.
//   - A PUT or DELETE is made again where a kept connection died before any of the response
//     came, if it has no body or one that can be sent again. The server may get it twice:
//     these methods are idempotent (RFC 9110, 9.2.2). net/http does so for GET, HEAD,
//     OPTIONS and TRACE, and for others with an Idempotency-Key, as is done here, too.
//   - A Request.Host that is not a host with or without a port is refused. net/http sends
//     an empty Host for some of them.
//   - TransferEncoding "identity" with a body of unknown length is sent in chunks. Nothing
//     would tell the end of it otherwise.
//   - A body that is shorter or longer than ContentLength is of the kind zreq.ErrBody, with
//     another text than net/http's.
//
// # httptrace
//
// The hooks of an httptrace.ClientTrace are called, with these exceptions.
// GotFirstResponseByte comes when a head is there. WroteHeaderField is never called.
// The hooks for DNS and connecting are called by package net, so only over a driver
// that dials by it, as stdnet does. All run on the goroutines of RoundTrip, Read and
// Close.
//
// # What it does not do
//
// HTTP/2. An upgrade to another protocol: a 101 is an error. CONNECT. Trailers of
// requests: [ErrTrailer]. Answers that are read while the request is still being
// sent: one that comes early ends the sending. Hosts outside ASCII: the
// xn-- form is asked for. A body whose Read does not return when it is closed holds
// a call up for as long; no context ends it.
//
// Requests that net/http makes may be refused: with the method "get" instead of "GET",
// for example, or with a head of more than 16 KiB. Package zreq says what.
package roundtrip
