// Package netdriver connects zreq to the network. It defines what a driver must do, and
// holds the registry of the drivers of a program.
//
// A driver is anything that can dial: the operating system, a network chip behind a
// serial bus, a fake in a test. Most programs import one for its side effect:
//
//	import _ "github.com/zreq-go/zreq/netdriver/std" // TCP of the operating system, and TLS
//
// Others create a driver and register it under a name:
//
//	netdriver.Register("wifi", netdev.New(chip))
//
// If one driver is registered, it is the default. If there are several, the program
// chooses one with [SetDefault], or passes a Driver to a single call.
//
// A driver implements an optional interface for everything beyond dialling. For a Driver
// these are [Starter], [TLSDialer], [Linker] and [LinkWatcher], [Suspecter] and [HostSuspecter], [PathDialer]
// and [Forwarder], and [SocketLimiter]; for a TLS [Anonymizer]; for a Conn [Checker],
// [Queuer], [HalfCloser] and [EndProver]. Package drivertest has the test suite that every
// driver passes.
//
// The package imports neither net nor os, so it compiles where there is neither. It does
// not pool connections, resolve names or retry. A Driver looks names up itself, because
// on most network chips only the chip can.
package netdriver
