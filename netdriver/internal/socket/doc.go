// Package socket has what the connections of the operating system have in common, over TCP
// and over Unix sockets: errors that are not lost, a look at the input without blocking,
// files that are sent and received without a copy.
//
// The Conn of package stdnet and that of package unixnet are the [Conn] of this package.
package socket
