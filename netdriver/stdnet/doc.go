// Package stdnet is the driver over TCP of the operating system, by package net.
// Importing it registers it:
//
//	import _ "github.com/zreq-go/zreq/netdriver/stdnet"
//
// Package std imports it, together with TLS. A driver with other settings can be passed
// to calls, or registered under another name:
//
//	d := &stdnet.Driver{LocalIP: modem, KeepAlive: -1}
//	resp, err := zreq.Get(ctx, url, &zreq.Args{Driver: d})
//
// The resolver of package net looks names up, and the addresses are tried as by package
// net, IPv6 and IPv4 in parallel. Nagle's algorithm is off.
//
// Connections are netdriver.HalfClosers. On Unix and Windows they are netdriver.Checkers
// as well: before a kept connection is used again, one system call tells whether the
// server has closed it. On Linux they are netdriver.Queuers, and they send files and
// write what they receive into files without a copy; packages upload and download use
// that.
//
// # Dead links
//
// A link can die without a word: a modem loses its network, a NAT forgets a connection.
// The Timeouts of a call end the call. The system notices by itself only after a quarter
// of an hour, for example while a program sets no limits, or waits with longer ones. On
// Linux, Driver.DeadAfter makes it notice while bytes are unacknowledged, and the probes of
// Driver.KeepAlive while there are none. Then reads and writes fail with syscall.ETIMEDOUT,
// which is a timeout and zreq.Transient, and a Session makes an idempotent call again over
// a new connection. An idle connection that was found dead is not used for another call.
//
// A dial ends with its context. Without a deadline, Linux gives a dial up after about two
// minutes.
package stdnet
