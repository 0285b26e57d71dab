// Package stdnet is the driver over TCP of the operating system, by package
// net. Importing it registers it:
//
//	import _ "github.com/zreq-go/zreq/netdriver/stdnet"
//
// which is what package std does, together with TLS. A driver with its own
// settings is made and given, or registered under another name:
//
//	d := &stdnet.Driver{LocalIP: modem, KeepAlive: -1}
//	resp, err := zreq.Get(ctx, url, &zreq.Args{Driver: d})
//
// Names are looked up by the resolver of package net, and the addresses tried
// as it does, IPv6 and IPv4 in parallel. Nagle's algorithm is off.
//
// On Unix and Windows its connections are netdriver.Checkers: before a kept
// connection is used again, one system call tells whether the server has closed
// it. They are netdriver.HalfClosers everywhere. On Linux they send files without
// a copy, and put what comes into files: packages upload and download do so.
package stdnet
