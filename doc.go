// Package zreqgo is the documentation of the module github.com/zreq-go/zreq, a
// streaming HTTP/1.1 client for small devices and bad links. It has no code: the
// client is the package zreq inside the module.
//
// A program on Linux, Windows or macOS imports these two first:
//
//	import (
//		_ "github.com/zreq-go/zreq/netdriver/std" // TCP of the system, TLS, and the JSON codec
//		"github.com/zreq-go/zreq/zreq"
//	)
//
//	resp, err := zreq.Get(ctx, "https://example.org/", nil)
//
// A program for a board with a network chip imports netdriver/netdev instead of
// netdriver/std, and registers its driver.
//
// # The client
//
//   - zreq: verbs, Args, Response, Connection, Session, errors and Trace
//   - zreq/download: saves a body into a file, all of it or nothing
//   - zreq/digest: Digest authentication
//   - zreq/gzip: undoes the content codings gzip and deflate; import it for its effect
//   - zreq/roundtrip: an http.RoundTripper over zreq, for programs and libraries with an *http.Client
//   - zreq/zlog: writes the events of a Trace to a log of package zerolog
//   - zreq/zreqtest: a scripted server in memory, for tests
//   - zreq/wire: the HTTP/1.1 codec, without a network; its API is not stable
//
// # What is sent
//
//   - upload: sends a file, or any body that knows its size, in one buffer or none
//   - form: queries, and bodies of a form, of JSON, of multipart/form-data
//   - form/stdjson: makes encoding/json the codec of Response.JSON; import it for its effect
//
// # The network
//
//   - netdriver: the interfaces of a driver, of its connections and of TLS, and the registry of drivers
//   - netdriver/std: registers stdnet, tlsnet and stdjson: what most programs want
//   - netdriver/stdnet: TCP of the operating system
//   - netdriver/tlsnet: TLS by crypto/tls, over the connections of any driver
//   - netdriver/tlsnet/tlstest: certificates, for tests
//   - netdriver/bind: TCP over one network interface, or from one source address
//   - netdriver/netdev: network chips that have a driver of TinyGo
//   - netdriver/memnet: a network in memory, with faults, for tests
//   - netdriver/drivertest: the tests that every driver passes
//
// The folder examples has a program for each common task.
package zreqgo
