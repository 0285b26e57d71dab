package netdev

import (
	"net/netip"
	"time"
)

// Netdever is a network device with sockets, method for method TinyGo's. It is
// safe for concurrent use.
type Netdever interface {
	// GetHostByName looks a name up.
	GetHostByName(name string) (netip.Addr, error)
	// Addr is the device's own address.
	Addr() (netip.Addr, error)

	// Socket makes a socket. Connect gets a host only where the device itself
	// speaks TLS on it, and then no address, unless that has a zone (fe80::1%eth0),
	// which the host has not.
	Socket(domain int, stype int, protocol int) (int, error)
	Bind(sockfd int, ip netip.AddrPort) error
	Connect(sockfd int, host string, ip netip.AddrPort) error
	Listen(sockfd int, backlog int) error
	Accept(sockfd int) (int, netip.AddrPort, error)

	// Send and Recv wait until deadline, for ever if it is zero. They may
	// return -1 with an error.
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
