package main

import (
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/bind"
	"github.com/zreq-go/zreq/netdriver/failover"
)

// linksDriver returns a driver over the network interfaces of these names, the preferred
// one first, and nil, the default, if there is none. bind works on Linux; elsewhere a dial
// says that it does not.
func linksDriver(names []string) (netdriver.Driver, error) {
	if len(names) == 0 {
		return nil, nil
	}
	links := make([]failover.Link, len(names))
	for i, name := range names {
		links[i] = failover.Link{Name: name, Driver: &bind.Driver{Interface: name}}
	}
	return failover.New(links...)
}
