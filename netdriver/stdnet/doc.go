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
package stdnet
