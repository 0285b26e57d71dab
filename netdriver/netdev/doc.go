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
//     most, which is how soon a new deadline or a Close ends a Read.
//   - A Send that failed does not say how much left. It counts as sent whole,
//     and is the last: later writes fail, reads go on. It gets the whole write
//     deadline, because one cut in slices would lose count at the first.
//   - A Send in the device cannot be woken either. A write deadline that is
//     moved forward under it, and a Close, end it by closing the socket.
//   - Socket, Connect and GetHostByName know no context. When it ends, Dial
//     returns, and a goroutine stays until the device does and closes what it
//     opened. With four of them inside, Dial fails with [ErrStuck].
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
