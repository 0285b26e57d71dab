//go:build !linux

package bind

import (
	"net"
	"net/netip"
)

// interfaces returns what package net says.
func interfaces() ([]networkInterface, error) {
	system, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	var all []networkInterface
	for _, s := range system {
		const running = net.FlagUp | net.FlagRunning
		i := networkInterface{names: []string{s.Name}, running: s.Flags&running == running}
		addresses, err := s.Addrs()
		if err != nil {
			return nil, err
		}
		for _, a := range addresses {
			if prefix, err := netip.ParsePrefix(a.String()); err == nil {
				i.addresses = append(i.addresses, prefix.Addr().WithZone(""))
			}
		}
		all = append(all, i)
	}
	return all, nil
}
