// Package netdriver is the seam between zreq and the network: what a driver
// must do, and the registry of the drivers a program has.
//
// A driver is anything that can dial: the operating system, a network chip
// behind a serial bus, a fake in a test. A program usually blank-imports one:
//
//	import _ "github.com/zreq-go/zreq/netdriver/std" // TCP of the system, and TLS
//
// or makes one and registers it under a name:
//
//	netdriver.Register("wifi", netdev.New(chip))
//
// One registered driver is the default. With two, the program says which:
// [SetDefault] for all calls, or a Driver value for one.
//
// The package is a leaf: it imports neither net nor os, so that it compiles
// where there is neither. What a driver can do beyond dialling it says by
// implementing an optional interface: [Starter], [TLSDialer], [Linker] on a
// Driver; [Anonymizer] on a TLS; [Checker], [HalfCloser], [EndProver] on a Conn.
// Package drivertest holds the suite that every driver passes.
//
// It does not pool connections, resolve names or retry: a Driver looks names
// up itself, because on most chips only the chip can.
package netdriver
