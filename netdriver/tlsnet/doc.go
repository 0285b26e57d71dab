// Package tlsnet is TLS in software over any driver's connection, by
// crypto/tls. Importing netdriver/std makes it the default for https; a program
// with a trust of its own gives that to its calls, or to all:
//
//	roots, err := tlsnet.Roots(factoryPEM)
//	secure := tlsnet.New(&tlsnet.Config{RootCAs: roots})
//	resp, err := zreq.Get(ctx, "https://gateway.local/", &zreq.Args{TLS: secure})
//	netdriver.SetTLS(secure) // or this, for all calls that name none
//
// The peer is verified: its chain against the roots, its certificate against
// the host of the URL and the clock. A device with no clock that can be trusted
// has Config.Base.Time. The connection below need not be a net.Conn; what it must
// be is in [netdriver.Conn].
//
// # Who the peer is
//
// Config.RootCAs are authorities of one's own instead of the system's. A key may
// be pinned as well, or alone: then there need be no authority at all, and those
// of the system are not asked.
//
//	pin, err := tlsnet.ParsePin("sha256//9pWp…")
//	secure := tlsnet.New(&tlsnet.Config{Pins: []tlsnet.Pin{pin, spare}})
//
// It is the key of the peer itself that is pinned, not that of its authority. Pin
// a spare one, whose key lies in a safe: a device that knows only a lost key is
// lost, too. Config.ServerName is for a peer that is dialled by another name, or
// by an address, than its certificate has.
//
// # Who we are
//
// A peer that asks is shown one of Config.Certificates. Their key may be in a
// secure element, which is a crypto.Signer:
//
//	device, err := tlsnet.KeyPair(chainPEM, element)
//	secure := tlsnet.New(&tlsnet.Config{RootCAs: roots, Certificates: []tls.Certificate{device}})
//
// Under TLS 1.3 the handshake is over for us before the peer has judged that, so
// that its refusal may come as an answer to the request.
//
// A certificate is shown to the origins that the caller names. Where a redirect leads to
// another origin, none is shown, for the rest of the call: see [TLS.Anonymous]. What is
// demanded of the peer stays there. So a redirect to an origin that has none of the
// pinned keys fails with [ErrPin], and one with another name than Config.ServerName with
// an x509.HostnameError. A pin that was dropped there would let whoever can write a
// redirect choose the peer, who would be verified less than the caller asked for, or not
// at all. To follow such a redirect, list the pins of both peers.
//
// # Sessions
//
// The latest session of each server name is kept, so that the next connection
// there needs neither a chain nor a signature. The calls that share a TLS share
// those; make one for each trust, not for each call. A session is resumed only
// with a peer that would be accepted without: its pin, name and dates are looked
// at again. It stands for the certificate of ours that it began with: with another
// certificate comes another TLS.
//
// # What is refused, and why
//
// The error of a handshake that failed says why, and has a type: [ErrPin] with a
// [PinError], [ErrNotTLS], [ErrVersion], the errors of crypto/x509 for a
// certificate (CertificateInvalidError, HostnameError, UnknownAuthorityError), and
// a tls.AlertError for what the peer says, which Read may return as well.
//
// Only [NewInsecure] does not verify. It is for the workbench.
//
// # The connection
//
// What the Conn of [TLS.Client] adds to that contract:
//
//   - Read returns io.EOF only after the peer's close_notify, and ProvesEnd says
//     so. An end that anyone on the path could have made is io.ErrUnexpectedEOF.
//   - Write takes at most 16384 bytes, which is one record, and returns a short
//     count with a nil error for more. So a caller that moves a lot gives each
//     record a deadline of its own, and one with a slow link gives less at a time.
//   - A Write that times out reports its record as written: it is encrypted and
//     cannot be taken back. What is left of it goes out before the next record.
//     A write that fails in any other way ends the writing side. A CloseWrite that
//     times out goes on when it is called again, and in Close.
//   - Read and Check send nothing. What they have to answer, as to a KeyUpdate,
//     goes out before the next record or in Close; a peer that asks more than some
//     150 times by then is cut off. One wait is left: a Read that has to answer
//     while another goroutine's Write is stuck waits for that, within the write
//     deadline and not its own.
//   - A timeout is a deadline if one was set and has come. Another, as the system's
//     ETIMEDOUT, is the death of the connection and is returned as it is.
//   - Check looks through the TLS layer, where the connection below has a Check:
//     a late session ticket is read and is no death, an alert is one. Half a
//     record is neither, it waits for its other half.
//   - ConnectionState tells what the handshake came to; LocalAddr and RemoteAddr are
//     those of the connection below. Both are had by a type assertion.
//   - Close says close_notify, for which it waits 100 ms at most. From then on no
//     deadline can be set.
//
// The package keeps no pool, and it offers no protocol by ALPN. It does not ask
// whether a certificate was revoked; Config.Base.VerifyConnection can.
// It is not built by TinyGo, whose crypto/tls has no connection.
package tlsnet
