package bind

import (
	"context"
	"errors"
	"net/netip"
	"slices"

	"github.com/zreq-go/zreq/netdriver"
)

var _ netdriver.LinkWatcher = (*Driver)(nil)

// A networkInterface is what the system says about one.
type networkInterface struct {
	names     []string // its name, and on Linux its alternative names
	running   bool     // switched on, and with a carrier
	addresses []netip.Addr
}

// matches reports whether the interface is that of b, or has its address.
func (i networkInterface) matches(b binding) bool {
	if b.device != "" {
		return slices.Contains(i.names, b.device)
	}
	return slices.Contains(i.addresses, b.source.Unmap())
}

// Link returns the state of the interface, or of the one that has the source address. The
// link is up if the interface is switched on, has a carrier and has an address: Source, or
// any other than a link-local one of IPv6, which every interface gives itself. If Source
// is an address of another interface, that one does not need to be up. A link whose state
// the system does not tell counts as up. Link does not block. On Linux it reads the lists
// of interfaces and addresses over a socket.
func (d *Driver) Link() netdriver.Link {
	b := d.binding()
	if b.isEmpty() {
		return netdriver.Link{}
	}
	all, err := interfaces()
	if err != nil {
		return netdriver.Link{Up: true, Interface: b.device}
	}
	n := slices.IndexFunc(all, func(i networkInterface) bool { return i.matches(b) })
	if n < 0 {
		// A source that is on no interface may still be one of this machine, such as
		// 127.0.0.2.
		return netdriver.Link{Up: b.exists(), Interface: b.device}
	}
	i := all[n]
	link := netdriver.Link{Interface: i.names[0]}
	for _, a := range i.addresses {
		link.Addresses = append(link.Addresses, a.String())
	}
	if b.anySource() {
		link.Up = i.running && slices.ContainsFunc(i.addresses, isOwn)
	} else {
		link.Up = i.running && b.exists()
	}
	return link
}

// isOwn reports whether an address says that the interface has been set up.
func isOwn(a netip.Addr) bool { return a.Is4() || !a.IsLinkLocalUnicast() }

// Watch yields the state of the link and each change of it, as [netdriver.LinkWatcher]
// says. On systems other than Linux it ends with errors.ErrUnsupported after the first
// state.
func (d *Driver) Watch(ctx context.Context) func(yield func(netdriver.Link, error) bool) {
	return func(yield func(netdriver.Link, error) bool) {
		if d.binding().isEmpty() {
			yield(netdriver.Link{}, ErrUnbound)
			return
		}
		if err := d.follow(ctx, yield); err != nil {
			yield(netdriver.Link{}, err)
		}
	}
}

// follow yields the states of the link. It returns why no more can follow, or nil if yield
// wants no more.
func (d *Driver) follow(ctx context.Context, yield func(netdriver.Link, error) bool) error {
	changes, err := newChanges(ctx) // before the first look, so that nothing is missed
	switch {
	case err == nil:
		defer changes.close()
	case !errors.Is(err, errors.ErrUnsupported):
		return err
	}
	last := d.Link()
	if !yield(last, nil) {
		return nil
	}
	for err == nil {
		if now := d.Link(); !now.Equal(last) {
			last = now
			if !yield(now, nil) {
				return nil
			}
		}
		err = changes.wait()
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
