// Package netdev is a driver over TinyGo's Netdever, the interface that its
// drivers for network chips implement: a Wi-Fi module behind a serial bus, an
// Ethernet chip with sockets of its own. The board's program joins the network
// first, by the chip's own means, and then registers the chip:
//
//	netdriver.Register("wifi", netdev.New(chip))
//
// The package has no dependency: [Netdever] is a copy of that interface, which
// any chip's driver fits as it is. It is neither tied to TinyGo nor does it
// need package net: a test can put anything behind it.
//
// A Netdever promises less than a [netdriver.Conn] must keep. So:
//
//   - A Recv in the device cannot be woken. Each waits for [Options].Slice at
//     most, which is how soon a new deadline ends a Read. One that says "timed
//     out" long before that tells of the network: the connection is dead.
//   - A Send that failed does not say how much left. It counts as sent whole,
//     and is the last: later writes fail, reads go on. It gets the whole write
//     deadline, because one cut in slices would lose count at the first.
//   - A Send in the device cannot be woken either. Close ends it, and a Recv, by
//     closing the socket; so does a write deadline that it does not mind or that
//     was moved forward under it, after 20 ms, and a read deadline that a Recv
//     does not mind, 250 ms after its slice. A device that does not let go of a
//     call even then keeps the goroutine that made it: the Write or Read does not
//     return, and no limit of the client ends it.
//   - Numbers are used again at once. A new socket whose number an earlier call
//     is still inside on is used if that comes back within 250 ms; else it is
//     kept, not connected, until then, and the device asked for another. If it
//     has none, Dial fails: with [ErrStuck], or as the device does.
//   - Socket, Connect and GetHostByName know no context. When it ends, Dial
//     returns, and a goroutine stays until the device does and closes what it
//     opened. At most [MaxDials] are inside; others wait, and fail when their
//     context ends, or with [ErrStuck] when nobody waits for those inside.
//     Without a context that can end, Dial takes as long as the device does.
//   - Close waits for the Close of the device.
//   - Errors that are neither io.EOF nor in [Options].Ends break a connection:
//     they are no end that a body may rely on. A chip that has no way to tell
//     the end (espat) shows it as silence, until the deadline.
//   - Recv and Send see at most [SegmentBytes] at a time.
//
// TLS in the chip is trusted only through [NewTLS]: a chip that takes the
// request for it and sends plain text cannot be told from one that does not.
// In software, package tlsnet works over this driver where Go's crypto/tls is.
//
// It has no Check and no half-close: a Netdever has neither.
package netdev
