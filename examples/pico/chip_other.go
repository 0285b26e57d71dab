//go:build !linux

package main

import (
	"errors"
	"net/netip"
	"time"
)

const sockets = 0

var (
	errNoMoreSockets = errors.New("no more sockets")
	errLinux         = errors.New("the chip of this program is the sockets of Linux")
)

// A chip can do nothing here.
type chip struct{}

func newChip() *chip { return new(chip) }

func (*chip) Open() int                                     { return 0 }
func (*chip) GetHostByName(string) (netip.Addr, error)      { return netip.Addr{}, errLinux }
func (*chip) Addr() (netip.Addr, error)                     { return netip.Addr{}, errLinux }
func (*chip) Socket(_, _, _ int) (int, error)               { return -1, errLinux }
func (*chip) Bind(int, netip.AddrPort) error                { return errLinux }
func (*chip) Connect(int, string, netip.AddrPort) error     { return errLinux }
func (*chip) Listen(int, int) error                         { return errLinux }
func (*chip) Accept(int) (int, netip.AddrPort, error)       { return -1, netip.AddrPort{}, errLinux }
func (*chip) Send(int, []byte, int, time.Time) (int, error) { return -1, errLinux }
func (*chip) Recv(int, []byte, int, time.Time) (int, error) { return -1, errLinux }
func (*chip) Close(int) error                               { return errLinux }
func (*chip) SetSockOpt(int, int, int, any) error           { return errLinux }
