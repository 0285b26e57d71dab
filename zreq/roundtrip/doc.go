// Package roundtrip is an http.RoundTripper over zreq. A program or a library that takes
// an *http.Client can make its requests with it, with the driver, the pool and the limits
// of a [zreq.Session].
//
//	import _ "github.com/zreq-go/zreq/netdriver/std" // TCP of the operating system, and TLS
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
// Redirects, cookies and credentials stay with the Client, as its documentation
// describes. A response is the one that the Transport of net/http would make from the
// same bytes, except for the differences below. No status is an error.
//
// # What the Session decides
//
// The limits of the Session apply. Unlike those of net/http they are finite by default:
// 10 seconds to connect and 10 for a TLS handshake; 30 seconds for the response head, 30
// without a byte of the body, and 30 without progress while sending; 16 KiB for a
// response head, and 16 KiB for a request head; 128 fields; 64 connections, 8 of them to
// one origin, for which further requests wait up to 30 seconds. A stream of events that
// may be silent for longer needs another Timeouts.Body. No proxy is used.
//
// A Transport without a Session has one of its own, with two defaults that are closer to
// those of net/http: it does not limit the number of connections, and it waits 10 minutes
// for a response head, so that long polls work. It keeps 16 idle connections, 8 of them
// to one origin.
//
// A content coding is undone if an import has registered it (package gzip) and the
// request does not set Accept-Encoding itself. Response.Uncompressed is true then. A body
// in any other coding is returned as it came.
//
// # The fields of an http.Transport
//
// A program that has a Transport of net/http finds its fields here. There, zero mostly
// means no limit; here it means the default.
//
//   - Proxy: Session.Driver, such as proxy.FromEnvironment(nil, nil)
//   - DialContext: Session.Driver, such as a bind.Driver for a LocalAddr
//   - TLSClientConfig: Session.TLS: tlsnet.New(&tlsnet.Config{Base: config}), or
//     tlsnet.NewInsecure with InsecureSkipVerify
//   - Dialer.Timeout, TLSHandshakeTimeout, ResponseHeaderTimeout and
//     ExpectContinueTimeout: Dial, TLS, Head and Expect of Session.Timeouts
//   - MaxConnsPerHost, MaxIdleConns, MaxIdleConnsPerHost and IdleConnTimeout:
//     OpenPerOrigin, Idle, IdlePerOrigin and IdleAge of Session.Pool
//   - DisableKeepAlives: a negative Idle of Session.Pool
//   - DisableCompression: leave package gzip out
//   - MaxResponseHeaderBytes: HeadBytes of Session.Limits
//
// # Ownership
//
// The body of a request is read on the goroutine of RoundTrip and closed when RoundTrip
// returns. If the context ends during a Read, the body is closed at that moment, to end
// the Read. The body is sent again, because a kept connection was dead or
// [Transport.Retry] asks for it, only if the request has a GetBody or nothing of the body
// was read.
//
// The body of a response holds its connection until it has ended or was closed. The
// caller must close it. Close may be called from any goroutine, also in a hook, a Trace or
// the Suspect of a driver, and ends a blocked Read. A Read during another one is an error.
// The owner of the Session closes the Session.
//
// # Errors
//
// Programs compare the errors of an http.Client by ==, use type assertions on them, and
// search their texts. So wherever such a program could see a difference, the error is the
// one of net/http. Where possible it also holds the [*zreq.Error] with the facts, which
// errors.As finds.
//
// RoundTrip returns the following errors. In the error of a Client they are inside the
// *url.Error:
//
//   - If the context has ended, the error is the cause of the context itself. With
//     Client.Timeout it is always that of the Client. For this, a call ends up to 100 ms
//     late if the deadline of the request's context has passed before the longer
//     Client.Timeout.
//   - If the server closed the connection without a response, the error is io.EOF itself.
//   - If the network of the operating system failed, the error is the *net.OpError
//     itself.
//   - If the body of the request failed, the error is that of the body itself, if the
//     length of the body was unknown or the request went over TLS. An error of GetBody is
//     returned itself as well.
//   - If a certificate is not trusted, the error is a *tls.CertificateVerificationError
//     that holds the facts.
//   - If a server answers a TLS handshake in plain HTTP, the error is the
//     tls.RecordHeaderError itself, which the Client turns into http.ErrSchemeMismatch.
//   - Any other error holds the facts, or is that of a request that was refused, which is
//     a zreq.ErrRequest.
//
// With [Transport.Retry], the error of a call that made more than one attempt, or would
// have made one, is a zreq.ErrOutOfRetries. It holds the facts of all attempts as a
// [*zreq.OutOfRetries]. The error of the last attempt is inside: errors.Is finds io.EOF
// and errors.As finds a *net.OpError, but == and a type assertion do not.
//
// The Read of a Response.Body returns the following errors:
//
//   - If the context has ended, the error is the cause of the context itself, or the
//     error of the Client.
//   - After Close, the text is "http: read on closed response body". If Close on another
//     goroutine has ended the Read, the error is a net.Error that is net.ErrClosed. Both
//     are http.ErrBodyReadAfterClose.
//   - If the body was cut short, the error is io.ErrUnexpectedEOF itself, unless the
//     connection reported something else, such as a reset.
//   - Any other error holds the facts.
//
// An error that holds the facts is a net.Error, except that of a certificate, and
// errors.Is finds its kind, such as zreq.ErrConnect. If an error is returned itself, a
// Trace of the Session finds the *zreq.Error in the Err of the zreq.EventDone of the
// call.
//
// # Differences in responses
//
// These are read differently from net/http:
//
//   - Response.Status has no space after the code if there is no reason phrase, and no
//     spaces around the phrase.
//   - In a folded field value, each byte of the fold becomes a space (RFC 9112, 5.2). In
//     net/http the whole fold becomes one space.
//   - HTTP/1.2 to HTTP/1.9 are read as HTTP/1.1 (RFC 9110, 2.5), and Response.Proto is
//     HTTP/1.1.
//   - A response of HTTP/1.0 with Transfer-Encoding: chunked is decoded, and its
//     connection is closed (RFC 9112, 6.1). In net/http the chunk framing is a part of
//     its body.
//   - After a 204 with Transfer-Encoding, which it must not have (RFC 9112, 6.1), the
//     connection is closed.
//   - With package gzip, deflate and x-gzip are undone as well as gzip, and so are
//     several codings in a row. Errors of a coding are those of package gzip.
//   - Over TLS, a body without a length is cut short unless the server sends close_notify
//     (RFC 9112, 9.8). In net/http it is complete.
//
// These are accepted, while net/http refuses them:
//
//   - A Content-Length that repeats one number, such as "5, 5" (RFC 9110, 8.6) or 5 and
//     05, and a Transfer-Encoding with an empty member, such as "chunked,".
//   - Fields that contradict each other in a response that has no body, such as one to
//     HEAD. Response.ContentLength is -1 then.
//   - A Trailer field that announces Content-Length, Transfer-Encoding or Trailer. That
//     name is skipped.
//   - Control characters in a field value, except NUL, CR and LF.
//   - A chunk size of more than 16 digits whose first digits are zeros.
//
// These are refused, while net/http accepts them: a response with both Content-Length and
// Transfer-Encoding; a folded Content-Length or Transfer-Encoding; a version that is not
// HTTP/1; a status below 100; more than one space before the status; a space in a field
// name or after it; and everything over a limit.
//
// # Differences in requests
//
//   - The User-Agent is that of zreq, unless the request or the Session sets one.
//   - A space, and any other character that must not be in a query (RFC 3986, 3.4), is
//     percent-encoded. net/http sends it as it is.
//   - After a 417 to a request with Expect: 100-continue, the request is made once more
//     without that field, over another connection (RFC 9110, 10.1.1). A 417 to that
//     request is the response. net/http returns the first 417.
//   - If a GET, HEAD, DELETE, OPTIONS, PROPFIND or SEARCH has a body of unknown length,
//     the call waits for its first byte before it dials, as long as the context allows.
//     net/http waits 200 ms for it and then sends the head. With TransferEncoding
//     "chunked" there certainly is a body, and the call does not wait.
//   - A PUT or DELETE is made again if a kept connection died before any of the response
//     arrived, and if it has no body or one that can be sent again. The server may
//     receive it twice, because these methods are idempotent (RFC 9110, 9.2.2). net/http
//     does so for GET, HEAD, OPTIONS and TRACE, and for others with an Idempotency-Key.
//     That is the same here.
//   - Bytes that no URL may have, such as '|', '"' and those beyond ASCII, are
//     percent-encoded in the query as well (RFC 3986, 2.1). net/http does so in the path
//     only. A '%' that begins no escape stays as it is.
//   - Expect: 100-continue is not sent without a body (RFC 9110, 10.1.1).
//   - A TRACE with Authorization or Cookie is refused, and so is an If-Range without a Range
//     or with a weak ETag (RFC 9110, 9.3.8 and 13.1.5).
//   - A Request.Host that is not a host with or without a port is refused. For some of
//     them net/http sends an empty Host.
//   - A body of unknown length is sent in chunks even with TransferEncoding "identity",
//     because otherwise nothing would mark its end.
//   - If a body is shorter or longer than ContentLength, the error is a zreq.ErrBody,
//     with another text than that of net/http.
//
// # httptrace
//
// The hooks of an httptrace.ClientTrace are called, with these exceptions.
// GotFirstResponseByte is called when a head has arrived. WroteHeaderField is never
// called. The hooks for DNS and connecting are called by package net, so only over a
// driver that uses it to dial, such as stdnet. All hooks are called on the goroutines of
// RoundTrip, Read and Close.
//
// # What it does not do
//
//   - HTTP/2, CONNECT, and OPTIONS of the server as a whole (URL.Path "*"): [ErrTarget].
//   - Upgrades to another protocol: a 101 is an error.
//   - Trailers of requests: [ErrTrailer].
//   - Reading a response while the request is still being sent: an early response ends
//     the sending.
//   - Non-ASCII hosts: they must be given in their xn-- form.
//   - Interrupting a body whose Read does not return when the body is closed. It blocks
//     the call, and no context ends that.
//
// Some requests that net/http makes are refused, such as one with the method "get"
// instead of "GET", or one with a head of more than 16 KiB. The documentation of package
// zreq says which.
package roundtrip
