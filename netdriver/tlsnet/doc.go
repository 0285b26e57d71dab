// Package tlsnet is TLS in software over any driver's connection, by
// crypto/tls. Importing netdriver/std makes it the default for https; a program
// with a CA of its own gives one to its calls:
//
//	secure := tlsnet.New(&tlsnet.Config{RootCAs: factory})
//	resp, err := zreq.Get(ctx, "https://gateway.local/", &zreq.Args{TLS: secure})
//
// The peer is verified: its chain against the roots, its certificate against
// the host of the URL. Only Config.Base can turn that off. The connection below
// need not be a net.Conn; what it must be is in [netdriver.Conn].
//
// What the Conn of [TLS.Client] adds to that contract:
//
//   - Read returns io.EOF only after the peer's close_notify, and ProvesEnd says
//     so. An end that anyone on the path could have made is io.ErrUnexpectedEOF.
//   - Write takes at most 4096 bytes, which is one record, and returns a short
//     count with a nil error for more. So a caller that moves a lot through a
//     slow link gives each record a deadline of its own.
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
//   - Close says close_notify, for which it waits 100 ms at most. From then on no
//     deadline can be set.
//
// The package keeps no pool and no sessions, and it offers no protocol by ALPN.
// It is not built by TinyGo, whose crypto/tls has no connection.
package tlsnet
