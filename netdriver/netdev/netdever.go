package netdev

import (
	"net/netip"
	"time"
)

// Netdever is a network device with sockets. Its methods are those of TinyGo's interface.
// It must be safe for concurrent use.
type Netdever interface {
	// GetHostByName looks up a name.
	GetHostByName(name string) (netip.Addr, error)
	// Addr returns the address of the device.
	Addr() (netip.Addr, error)

	// Socket creates a socket. Connect is given a host only if the device itself speaks
	// TLS on the socket. It is then given no address, unless the address has a zone
	// (fe80::1%eth0), which the host does not have.
	Socket(domain int, stype int, protocol int) (int, error)
	Bind(sockfd int, ip netip.AddrPort) error
	Connect(sockfd int, host string, ip netip.AddrPort) error
	Listen(sockfd int, backlog int) error
	Accept(sockfd int) (int, netip.AddrPort, error)

	// Send and Recv wait until deadline, or for ever if it is zero. They may return -1
	// with an error.
	Send(sockfd int, buf []byte, flags int, deadline time.Time) (int, error)
	Recv(sockfd int, buf []byte, flags int, deadline time.Time) (int, error)

	Close(sockfd int) error
	SetSockOpt(sockfd int, level int, opt int, value interface{}) error
}

// What Socket is asked for, in TinyGo's numbers.
const (
	afInet     = 2
	sockStream = 1
	protoTCP   = 6
	protoTLS   = 0xFE // TLS done by the device
)
