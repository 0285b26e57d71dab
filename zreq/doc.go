// Package zreq is a streaming HTTP/1.1 client for small devices and bad links.
//
// Import a network driver once, and call a verb: [Get], [Head], [Post], [Put], [Patch],
// [Delete], [Options] or [Do].
//
//	import _ "github.com/zreq-go/zreq/netdriver/std" // TCP of the operating system, and TLS
//
//	resp, err := zreq.Get(ctx, "https://updates.example/version.txt", nil)
//	if err != nil {
//		return err
//	}
//	text, err := resp.Text()
//
// [Args] holds everything that is not in the URL: fields, a body, credentials, limits. To
// stream a download of any length, set a callback:
//
//	_, err := zreq.Get(ctx, "https://updates.example/firmware.bin", &zreq.Args{
//		StreamChunk: 4096,
//		StreamCallback: func(chunk []byte) error {
//			_, err := flash.Write(chunk)
//			return err
//		},
//	})
//	// If err is nil, every byte arrived.
//
// With [Args.Stream] a call returns after the response head, and the caller reads the body
// from the [Response]. Without either, the body is read into memory, up to 1 MiB.
//
// By default a verb dials, makes one attempt and closes the connection. To make several
// calls over one connection, open a [Connection] with [Connect]. To call from many
// goroutines, use a [Session]: it pools connections and retries.
//
// # Coming from another client
//
// What other clients call differently:
//
//   - params: [Args.Params]; form.FromMap makes them from a map
//   - auth: [Basic], [BasicFunc] for credentials that are asked for in each request,
//     [Bearer], and package digest
//   - read(n) and len(r): [Response.ReadN] and [Response.Len]
//   - a text in another charset than the response says: [Response.TextAs]
//   - the end of a stream that is not wanted any further: [ErrStop]
//   - a response that keeps no headers, or memory that is used again: [Args.DropHead],
//     [Args.Into]
//   - the network interface: [Args.Driver] for a call, netdriver.SetDefault for the
//     program, and netdriver.Starter for a driver that must be started
//
// examples/README.md has the calls of requests, curl, net/http and five clients for
// microcontrollers beside those of this package.
//
// # What a callback receives
//
// A callback usually writes where writing cannot be undone. So it receives a body only if
// that can be proven to be what was asked for. It never receives an error page, a part that
// begins elsewhere than the Range asked for, a complete body where a part was to be
// appended, a body that is still compressed, or a body that ends only because the
// connection does, as it also does when a server crashes. Each of these is an error, and the
// Response is returned beside it. The fields AllowFull, AllowUnframed, AllowEncoded and
// StreamAnyStatus of [Args] accept such bodies.
//
// A body that is read into memory may end with its connection (RFC 9112, 8).
// [Response.Complete] reports whether anything proves that it is whole.
//
// # Ownership
//
// A chunk belongs to the callback until the callback returns. It may be modified, and must
// be copied to be kept.
//
// A Response owns its head, its trailers and its content. They stay valid until the
// Response is reused by [Args.Into]. After a StreamCallback the content is a copy of the
// last chunk. A Response is for one goroutine at a time.
//
// A call only reads what the caller passes in, and does not keep it. There are two
// exceptions: a Connection keeps its driver and TLS, and a Response of a call with Stream
// keeps the context and the Trace until its body has ended or been closed. A call holds its
// buffers for the same time, and returns them to a pool even if a callback panics.
//
// One call at a time uses a Connection. Close may be called at any time from any goroutine.
//
// # Limits
//
// [Timeouts] limits how long each phase of a call may wait. No limit fires early, and each
// fires at most an eighth late. [Limits] limits, in bytes and counts, what a peer could make
// large. Every limit has a default and applies in every mode, with these exceptions:
//
//   - A streamed body may have any length unless Limits.Body is set.
//   - A body may arrive at any rate unless Timeouts.LowSpeed is set.
//   - A call as a whole is limited only by its context. A download over a slow link may take
//     as long as bytes keep coming.
//   - Nothing limits code of the caller that blocks, such as a Read of Args.Body, or a
//     driver that cannot be interrupted. [Timeouts] says what to do about it.
//
// Memory does not depend on the length of a body. A call needs a read buffer (16 KiB by
// default, 64 KiB for a long body that comes quickly; see [Limits]), the head, and at most
// three chunks. Request bodies are streamed as well, except for JSON.
//
// # Errors
//
// Every error of a verb, of [Connect] and of a method of [Response] is an [*Error], except
// for the io.EOF at the end of a body. It holds the phase, the request, the bytes sent and
// received, and the cause. errors.Is tells its kind, such as [ErrTruncated]. [SafeToRetry]
// and [Transient] say whether to try again.
//
// The Close methods of a Connection and a Session, and packages that a call only uses, such
// as form, tlsnet and the drivers, have errors of their own. In a call they become the cause
// of an Error. Packages download, upload, roundtrip and digest document their errors.
//
// # Security
//
// If a redirect leads to another scheme, host or port, the request there carries nothing
// that says who is asking: no credentials, no client certificate and none of the fields
// named in [Args.OriginOnly]. This holds for the rest of the call, even if another redirect
// leads back. Otherwise a stranger could choose a request that is made with the caller's
// credentials. What the TLS demands of its peer, such as a pinned key, is not relaxed. See
// [Redirect].
//
// A connection is kept only if both sides must agree on where the response ended: its
// framing was consistent, the body was read to its end, and no byte followed. Otherwise the
// next call could receive the answer to another one. [Response.CloseReason] says why a
// connection was closed.
//
// # What it does not do
//
// HTTP/2, HTTP/3, servers, proxies, cookies and caches. Content codings, unless the program
// imports package gzip. Retries outside a Session: [SafeToRetry] tells whether one is
// possible, and package download goes on where a body was cut. Redirects and authentication
// challenges are answered within a call, but each is a request of its own. The driver looks
// names up and speaks TLS.
//
// The package does not use net/http, which adds 3.7 MB to a program for linux/arm that
// already dials with package net. net/http keeps two goroutines and about 19 KB for each
// idle connection, has no limit for a body that stops coming, and works only over package
// net. This package imports neither net nor os nor fmt. TLS, JSON, multipart, Digest and the
// Session are linked only into programs that use them.
package zreq
