package zreq

import (
	"errors"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/internal/line"
	"github.com/zreq-go/zreq/zreq/internal/target"
)

// errNotAnonymous is of a redirect to https at another origin with a TLS that may show a
// client certificate there.
var errNotAnonymous = errors.New("it leads to https at another origin, and the TLS of the call is no netdriver.Anonymizer")

// newRoute chooses the driver and the TLS. They default to those of Args.Connection, if there
// is one. If anonymous, the TLS shows nothing that says who is asking.
func newRoute(at *target.Target, args *Args, anonymous bool) (r line.Route, err error) {
	r.Driver, r.Named = args.Driver, args.TLS
	if near := args.Connection; near != nil && near.line.Route != nil {
		if r.Driver == nil {
			r.Driver = near.line.Driver
		}
		if r.Named == nil {
			r.Named = near.line.Named
		}
	}
	if r.Driver == nil {
		if r.Driver, err = netdriver.Default(); err != nil {
			return r, err
		}
	}
	r.Origin = originVia(at, r.Driver)
	// What makes https secure is the TLS that the call named, else the chip's own if its
	// driver vouches for it, else the program's. There is no fourth way: https never
	// goes out in plain.
	chip, vouched := r.Driver.(netdriver.TLSDialer)
	switch {
	case !at.HTTPS:
	case r.Named != nil:
		r.TLS = r.Named
	case vouched:
		r.Chip = chip
	default:
		if r.TLS = netdriver.DefaultTLS(); r.TLS == nil {
			return r, ErrNoTLS
		}
	}
	if anonymous && r.TLS != nil {
		if r.TLS = netdriver.Anonymous(r.TLS); r.TLS == nil {
			return r, errNotAnonymous
		}
	}
	return r, nil
}

// originVia returns the origin that a connection for at leads to. If a proxy forwards the
// requests, that is the proxy, with its whole address as Host, so that its connections
// are shared by all origins behind it, and never with one that has its name.
func originVia(at *target.Target, d netdriver.Driver) target.Origin {
	if f, ok := d.(netdriver.Forwarder); ok && !at.HTTPS && f.Forwards() {
		if proxy := f.Proxy(string(at.AppendAddress(nil))); proxy != "" {
			return target.Origin{Host: proxy}
		}
	}
	return at.Origin
}
