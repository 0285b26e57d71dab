// Package zreqgo is the documentation of the module github.com/zreq-go/zreq, a
// streaming HTTP/1.1 client for small devices and bad links. It contains no code. The
// client is package zreq inside the module.
//
// A program on Linux, Windows or macOS starts with these imports:
//
//	import (
//		_ "github.com/zreq-go/zreq/netdriver/std" // TCP of the operating system, TLS, and the JSON codec
//		"github.com/zreq-go/zreq/zreq"
//	)
//
//	resp, err := zreq.Get(ctx, "https://example.org/", nil)
//
// A program for a board with a network chip imports netdriver/netdev instead of
// netdriver/std, and registers a driver for the chip.
//
// # The client
//
//   - zreq: verbs, Args, Response, Connection, Session, errors and Trace
//   - zreq/download: saves a body into a file, completely or not at all; downloads over
//     as many connections as it takes
//   - zreq/download/flash: the same into raw flash
//   - zreq/download/flash/flashtest: a simulated flash, for tests
//   - zreq/digest: Digest authentication
//   - zreq/gzip: decodes bodies in gzip and deflate; import it for its side effect
//   - zreq/multipart: reads a multipart body part by part, such as the frames of a camera
//   - zreq/roundtrip: an http.RoundTripper over zreq, for code that takes an *http.Client
//   - zreq/zlog: logs calls with package zerolog
//   - zreq/zreqtest: a scripted server in memory, for tests
//   - zreq/wire: the HTTP/1.1 codec, without a network; its API is not stable
//
// # Request bodies
//
//   - upload: sends a file, or any body that knows its size
//   - upload/spool: keeps files in a folder, and sends them in order when there is a link
//   - upload/tus: uploads to a server that speaks tus, which go on where they were cut off
//   - form: queries, and bodies as a form, JSON or multipart/form-data
//   - form/stdjson: makes encoding/json the JSON codec; import it for its side effect
//
// # The network
//
//   - netdriver: the interfaces of a driver, of its connections and of TLS, and the registry of drivers
//   - netdriver/std: registers stdnet, tlsnet and stdjson, which most programs want
//   - netdriver/stdnet: TCP of the operating system
//   - netdriver/unixnet: one Unix socket of the operating system, as that of Docker
//   - netdriver/tlsnet: TLS by crypto/tls over the connections of any driver
//   - netdriver/tlsnet/tlstest: certificates, for tests
//   - netdriver/gnutls: TLS by GnuTLS, which can ask for small records; a module of its own
//   - netdriver/bind: TCP through one network interface, or from one source address
//   - netdriver/proxy: connections through an HTTP or SOCKS5 proxy, over any driver
//   - netdriver/failover: several links, of which the first that works is dialled
//   - netdriver/netdev: network chips that have a TinyGo driver
//   - netdriver/memnet: a network in memory, with faults, for tests
//   - netdriver/drivertest: the test suite for drivers
//
// The folder examples has a program for each common task.
package zreqgo
