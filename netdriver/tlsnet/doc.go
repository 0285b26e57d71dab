// Package tlsnet is TLS in software, by crypto/tls, over the connections of any driver.
// Importing netdriver/std makes it the default for https. A program with its own roots
// passes a [TLS] to its calls, or sets it for all calls:
//
//	roots, err := tlsnet.Roots(factoryPEM)
//	secure := tlsnet.New(&tlsnet.Config{RootCAs: roots})
//	resp, err := zreq.Get(ctx, "https://gateway.local/", &zreq.Args{TLS: secure})
//	netdriver.SetTLS(secure) // for all calls that name no TLS
//
// The peer is always verified: its chain against the roots, and its certificate against
// the host of the URL and the clock. A device whose clock cannot be trusted sets
// Config.Base.Time. The connection below need not be a net.Conn; [netdriver.Conn] says
// what it must do.
//
// # Who the peer is
//
// Config.RootCAs replaces the authorities of the system. Public keys can be pinned in
// addition, or instead. If only keys are pinned, no authority is needed, and those of the
// system are not used.
//
//	pin, err := tlsnet.ParsePin("sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
//	secure := tlsnet.New(&tlsnet.Config{Pins: []tlsnet.Pin{pin, spare}})
//
// A pin is for the key of the peer itself, not for that of its authority. Pin a spare key
// as well, and keep it in a safe: a device that knows only a lost key cannot be reached
// any more. Set Config.ServerName if a peer is dialled by another name, or by an address,
// than its certificate has.
//
// # Who we are
//
// If a peer asks for a certificate, it is shown one of Config.Certificates. The key may
// live in a secure element, as a crypto.Signer:
//
//	device, err := tlsnet.KeyPair(chainPEM, element)
//	secure := tlsnet.New(&tlsnet.Config{RootCAs: roots, Certificates: []tls.Certificate{device}})
//
// In TLS 1.3 our handshake ends before the peer has checked our certificate. So a refusal
// may arrive in place of the response.
//
// A certificate is shown only to origins that the caller names. If a redirect leads to
// another origin, none is shown for the rest of the call: see [TLS.Anonymous]. What is
// demanded of the peer still applies there. So a redirect to an origin without a pinned
// key fails with [ErrPin], and one to an origin with another name than Config.ServerName
// fails with an x509.HostnameError. Otherwise whoever can write a redirect could choose a
// peer that is verified less than the caller asked for, or not at all. To follow such a
// redirect, list the pins of both peers.
//
// # Sessions
//
// A TLS keeps the latest session of each server name, so that the next connection to that
// server needs neither a chain nor a signature. Calls that share a TLS share its
// sessions. So create one TLS for each set of roots and certificates, not one for each
// call. When a session is resumed, the pins, the name and the dates of the peer are
// checked again. A session stands for the client certificate that it began with. To use
// another certificate, create another TLS.
//
// # Errors
//
// The error of a failed handshake says why it failed, and has a type: [ErrPin] with a
// [PinError], [ErrNotTLS], [ErrVersion], the errors of crypto/x509 for a certificate
// (CertificateInvalidError, HostnameError, UnknownAuthorityError), and a tls.AlertError
// for an alert of the peer, which Read may return as well.
//
// Only [NewInsecure] does not verify the peer. It is for tests.
//
// # The connection
//
// The Conn that [TLS.Client] returns keeps the contract of [netdriver.Conn], and also
// these rules:
//
//   - Read returns io.EOF only after the peer's close_notify, and ProvesEnd returns true.
//     An end that anyone on the path could have caused is io.ErrUnexpectedEOF.
//   - Write takes at most 16384 bytes, which is one record. For more it returns a short
//     count and no error. So a caller that sends much gives each record its own deadline,
//     and a caller on a slow link passes less at a time.
//   - A Write that times out reports its record as written, because the record is
//     encrypted and cannot be taken back. The rest of it is sent before the next record.
//     A Write that fails in another way ends the writing side. A CloseWrite that times
//     out continues when it is called again, and in Close.
//   - Read and Check send nothing. If they must answer something, such as a KeyUpdate,
//     the answer is sent before the next record or in Close. A peer that asks for more
//     than about 150 answers by then is cut off. One wait remains: a Read that has to
//     answer while a Write of another goroutine is stuck waits for that Write, within the
//     write deadline and not its own.
//   - A timeout is os.ErrDeadlineExceeded only if a deadline was set and has passed.
//     Another timeout, such as ETIMEDOUT of the system, means that the connection is
//     dead, and is returned as it is.
//   - Check looks through TLS if the connection below has a Check. It reads a late
//     session ticket, which does not mean that the connection is dead. An alert means
//     that it is. Half a record means neither, and waits for its other half.
//   - ConnectionState returns what the handshake has agreed on. LocalAddr and RemoteAddr
//     return the addresses of the connection below. Use a type assertion to call them.
//   - Close sends close_notify, and waits at most 100 ms for that. It sends none if a
//     Write was cut in the middle of a record. After Close, no deadline can be set.
//
// # What it does not do
//
// The package keeps no pool and offers no protocol by ALPN. It does not check whether a
// certificate was revoked; Config.Base.VerifyConnection can do that. It does not compile
// with TinyGo, whose crypto/tls has no connections.
package tlsnet
