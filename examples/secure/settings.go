package main

import (
	"crypto/tls"

	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet/tlstest"
)

// settings are what this device may trust and show. Each is made once: calls
// share its sessions.
type settings struct {
	ours, pinned, pinOnly, wrongPin, nameless *tlsnet.TLS

	element *tlstest.Element
}

func newSettings(y *yard) (*settings, error) {
	element, err := tlstest.NewElement()
	if err != nil {
		return nil, err
	}
	// In the factory: the authority signs for a key that it cannot see.
	chain, err := y.ca.Certify(element.Public(), "device 7")
	if err != nil {
		return nil, err
	}
	// In the device: PEM from its flash, and a signer.
	device, err := tlsnet.KeyPair(chain, element)
	if err != nil {
		return nil, err
	}
	roots, err := tlsnet.Roots(y.ca.PEM())
	if err != nil {
		return nil, err
	}
	pin, err := tlsnet.ParsePin(y.pin)
	if err != nil {
		return nil, err
	}
	show := []tls.Certificate{device}
	return &settings{
		ours:     tlsnet.New(&tlsnet.Config{RootCAs: roots, Certificates: show}),
		pinned:   tlsnet.New(&tlsnet.Config{RootCAs: roots, Certificates: show, Pins: []tlsnet.Pin{pin}}),
		pinOnly:  tlsnet.New(&tlsnet.Config{Certificates: show, Pins: []tlsnet.Pin{pin}}),
		wrongPin: tlsnet.New(&tlsnet.Config{RootCAs: roots, Certificates: show, Pins: []tlsnet.Pin{{1, 2, 3}}}),
		nameless: tlsnet.New(&tlsnet.Config{RootCAs: roots}),
		element:  element,
	}, nil
}
