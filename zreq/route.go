package zreq

import (
	"errors"

	"github.com/zreq-go/zreq/netdriver"
)

// errNotAnonymous is of a redirect to https at another origin with a TLS that may show a
// client certificate there.
var errNotAnonymous = errors.New("it leads to https at another origin, and the TLS of the call is no netdriver.Anonymizer: " +
	"what it shows of us is not known")

// route is the way to an origin: what a connection may be shared by.
type route struct {
	at     origin
	driver netdriver.Driver
	named  netdriver.TLS       // that the call had, also if it was http
	tls    netdriver.TLS       // what makes it secure, if it is https,
	chip   netdriver.TLSDialer // or the driver itself does
}

// newRoute chooses driver and TLS. What the call leaves open is as it is for its
// Connection, if it has one. If a redirect led to another origin, which crossed says,
// the TLS shows nothing that says who we are.
func newRoute(at *target, args *Args, crossed bool) (r route, err error) {
	r.at, r.driver, r.named = at.origin, args.Driver, args.TLS
	if near := args.Connection; near != nil {
		if r.driver == nil {
			r.driver = near.driver
		}
		if r.named == nil {
			r.named = near.named
		}
	}
	if r.driver == nil {
		if r.driver, err = netdriver.Default(); err != nil {
			return r, err
		}
	}
	// What makes https secure is the TLS that the call named, else the chip's own if its
	// driver vouches for it, else the program's. There is no fourth way: https never
	// goes out in plain.
	chip, vouched := r.driver.(netdriver.TLSDialer)
	switch {
	case !at.https:
	case r.named != nil:
		r.tls = r.named
	case vouched:
		r.chip = chip
	default:
		if r.tls = netdriver.DefaultTLS(); r.tls == nil {
			return r, ErrNoTLS
		}
	}
	if crossed && r.tls != nil {
		if r.tls = netdriver.Anonymous(r.tls); r.tls == nil {
			return r, errNotAnonymous
		}
	}
	return r, nil
}
