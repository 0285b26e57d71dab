// Package gnutls is TLS by GnuTLS over the connections of any driver, for programs that
// need small records. A record can only be used when all of it has come and was decrypted,
// so a server that sends records of 16 KiB makes a client hold 16 KiB, and on a slow link
// wait for them. TLS has two extensions by which a client asks for less. crypto/tls, and
// with it package tlsnet, has neither. GnuTLS has both:
//
//	roots, err := tlsnet.Roots(factoryPEM)
//	secure := gnutls.New(&gnutls.Config{RootCAs: roots, MaxFragment: 512})
//	resp, err := zreq.Get(ctx, "https://gateway.local/", &zreq.Args{TLS: secure})
//
// The package is a module of its own. It needs cgo and the library: libgnutls28-dev to
// build, libgnutls30 to run, version 3.6.8 or later.
//
// # Which servers do it
//
// A server need not do what it is asked for. Of a body of 1 MiB, these are the largest
// records (bytes of content, the same with TLS 1.2 and 1.3):
//
//	server                                      MaxFragment 512   RecordSizeLimit 512
//	nginx 1.22, OpenSSL 3.0                     512               16384
//	Apache 2.4.71, OpenSSL 3.0                  512               8192 (as without)
//	HAProxy 2.6, OpenSSL 3.0                    512               16320 (as without)
//	lighttpd 1.4.69, mod_openssl                512               16384
//	lighttpd 1.4.69, mod_gnutls, GnuTLS 3.7     512               512
//	openssl s_server 3.0                        512               16384
//	Node.js 20, OpenSSL 3.0                     512               16384
//	Java 17 (TLS 1.3)                           495               16367
//	net/http of Go 1.26                         16384             16384
//
// So MaxFragment is what most servers know. RecordSizeLimit is for servers over GnuTLS,
// and for sizes that MaxFragment does not have.
//
// # What a connection costs
//
// Bytes per open connection after 64 MiB were read from it ("go run ./footprint"):
//
//	              gnutls                         tlsnet
//	records       Go heap    C heap       RSS    Go heap       RSS
//	512 B         0.9 KB    12.0 KB     30 KB     8.3 KB     36 KB
//	4 KiB         0.9 KB    13.0 KB     38 KB    15.1 KB     36 KB
//	16 KiB        0.9 KB    12.1 KB     34 KB    46.6 KB     68 KB
//
// GnuTLS frees a record when it was read. crypto/tls keeps the memory of the largest one.
// So a connection of this package costs 13 KB of heap whatever the server sends. One of
// tlsnet costs 47 KB if the server sends what most do. It costs less than one of GnuTLS if
// the server sends small records of its own accord.
//
// # Who the peer is
//
// The peer is always verified, by crypto/x509 as tlsnet does it: its chain against
// Config.RootCAs, its certificate against the host of the URL and the clock. A host that is
// an IP address must be in the certificate as such. The check is made before a client
// certificate is shown. GnuTLS checks that the peer has the key.
//
// A peer that asks for a certificate is shown that of Config.Certificates. If a redirect
// leads to another origin, none is shown for the rest of the call: see [TLS.Anonymous].
//
// # Errors
//
// The error of a failed handshake says why it failed, and has a type, the same as in
// tlsnet: tlsnet.ErrNotTLS, tlsnet.ErrVersion, the errors of crypto/x509 for a certificate,
// and a tls.AlertError for an alert of the peer, which Read may return as well. What GnuTLS
// finds wrong itself is an [Error].
//
// # The connection
//
// The Conn that [TLS.Client] returns keeps the contract of [netdriver.Conn], and also
// these rules:
//
//   - Read returns io.EOF only after the peer's close_notify, and ProvesEnd returns true.
//     An end that anyone on the path could have caused is io.ErrUnexpectedEOF.
//   - Write takes at most 16384 bytes, in as many records as their size asks for. For more
//     it returns a short count and no error.
//   - A Write that times out reports its records as written, because they are encrypted
//     and cannot be taken back. The rest of them is sent before the next. A Write that
//     fails in another way ends the writing side. A CloseWrite that times out continues
//     when it is called again, and in Close.
//   - Read and Check send nothing. What GnuTLS must answer, such as a KeyUpdate, is sent
//     before the next record or in Close.
//   - A timeout is os.ErrDeadlineExceeded only if a deadline was set and has passed.
//   - Check looks through TLS if the connection below has a Check. A session ticket or
//     half a record does not mean that the connection is dead.
//   - Close sends close_notify, and waits at most 100 ms for that. It sends none if a
//     Write was cut in the middle of a record. After Close, no deadline can be set.
//
// No goroutine is started, and GnuTLS does no input or output of its own: it decrypts and
// encrypts bytes that are handed to it, and no call of it waits. Close frees what it has
// allocated.
//
// # What it does not do
//
//   - It resumes no sessions. Each connection costs a full handshake.
//   - The key of a client certificate must be in memory. For a secure element use tlsnet.
//   - It knows no pins, no ALPN and no revocation, and a connection has no ConnectionState.
//   - A server that honours record_size_limit, but is configured for TLS 1.2 alone, sends
//     one byte more than GnuTLS accepts if it was offered both versions. The error says so.
//     Set Config.MaxVersion for it.
package gnutls
