// Package netdev is a driver over TinyGo's Netdever, the interface that TinyGo's drivers
// for network chips implement: a Wi-Fi module behind a serial bus, or an Ethernet chip
// with its own sockets. The program of the board first joins the network in the way of
// the chip, and then registers it:
//
//	netdriver.Register("wifi", netdev.New(chip))
//
// The package has no dependencies. [Netdever] is a copy of the interface, so the driver
// of any chip fits as it is. The package needs neither TinyGo nor package net, and a test
// can put anything behind it.
//
// # How it keeps the contract
//
// A Netdever promises less than a [netdriver.Conn] must keep. The package makes up for it
// as follows:
//
//   - A Recv in the device cannot be woken. So each Recv waits for at most
//     [Options].Slice, after which a new deadline takes effect. If a Recv reports a
//     timeout long before its limit, the network has timed out, and the connection is
//     dead.
//   - A Send that fails does not say how much was sent. It counts as sent in full, and it
//     is the last one: later writes fail, reads continue. Each Send gets the whole write
//     deadline. In shorter slices, the first one that timed out would have lost the
//     count.
//   - A Send in the device cannot be woken either. The only way to end a Send or a Recv
//     is to close the socket. Close does so at once. Otherwise it happens 20 ms after the
//     write deadline, if a Send ignores it or it was moved forward during the Send, and a
//     slice and 250 ms after the read deadline, if a Recv ignores it. If the device does
//     not let go of a call even then, the goroutine that made the call is stuck: its
//     Write or Read does not return, and no limit of the client ends it.
//   - A device uses socket numbers again at once. If a new socket has a number on which
//     an earlier call is still inside the device, it is used if that call returns within
//     250 ms. Otherwise the socket is kept unconnected until the call returns, and the
//     device is asked for another one. If it has none, Dial fails with [ErrStuck] or with
//     the error of the device.
//   - Socket, Connect and GetHostByName take no context. When the context ends, Dial
//     returns. A goroutine stays until the device returns, and closes what the device has
//     opened. At most [MaxDials] dials are inside the device. Others wait. They fail when
//     their context ends, or with [ErrStuck] if the contexts of all dials that are inside
//     have ended. If the context cannot end, Dial takes as long as the device does.
//   - Close waits for the Close of the device.
//   - An error that is neither io.EOF nor in [Options].Ends breaks a connection. It is
//     not an end on which a body may rely. If a chip cannot report the end of a stream
//     (espat), the end looks like silence until the deadline.
//   - One Recv or Send moves at most [SegmentBytes].
//
// The connections have no Check and no CloseWrite, because a Netdever has neither.
//
// # TinyGo
//
// A program that TinyGo builds (build tag tinygo) has little memory, and less of it in one
// piece. There, a call over this driver starts no goroutine and no timer:
//
//   - Dial takes as long as the device does. A context that ends during the dial is noticed
//     when the device returns.
//   - A device that ignores the deadline of a Send or a Recv is not cut off. Its socket has
//     to be closed by another goroutine of the program.
//   - The context of a call is asked 20 times a second during a Recv, and after each Send.
//     Timeouts.Write of the call limits a Send.
//   - The context that Dial gets has the deadline of the limit, but nothing closes its Done
//     then. Over a proxy (package proxy), a proxy that is silent is not cut off.
//   - IPv6 addresses are refused, because TinyGo's drivers have none.
//
// Build with -stack-size=4KB:
//
//	tinygo flash -target=nano-rp2040 -stack-size=4KB .
//
// A call needs about 2.2 KiB of stack, and more if a callback of the program does. TinyGo's default is 2 KiB on several processors
// (SAMD21, SAMD51, ESP32, RISC-V), and a program that needs more stops or corrupts memory.
//
// Limit calls by zreq.Timeouts rather than by context.WithTimeout. That function makes a
// timer for each context, and links all of package time that formats a time: about 15 KB
// of flash. zreq does without both. context.WithCancel costs nothing of the kind.
//
// # TLS
//
// TLS in the chip is used only if the program creates the driver with [NewTLS]. A chip
// that accepts the request for TLS and sends plain text cannot be told from one that does
// not. Package tlsnet provides TLS in software over this driver, where Go's crypto/tls is
// available.
package netdev
