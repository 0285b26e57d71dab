package failover

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/zreq-go/zreq/netdriver"
)

var (
	_ netdriver.Forwarder     = (*Driver)(nil)
	_ netdriver.LinkWatcher   = (*Driver)(nil)
	_ netdriver.HostSuspecter = (*Driver)(nil)
	_ netdriver.SocketLimiter = (*Driver)(nil)
	_ netdriver.Starter       = (*Driver)(nil)
)

// A Link is a driver with a name.
type Link struct {
	// Name appears in errors, in the [netdriver.Path] of connections and in logs. It must
	// not be empty, contain a slash, or be the name of another link of the same Driver.
	Name string
	// Driver dials over the link.
	Driver netdriver.Driver
}

// A Driver dials over the first of its links that works. [New] returns one. It is safe for
// concurrent use if the drivers of its links are, as every driver must be.
type Driver struct {
	links    []*link
	forwards bool // all links have a proxy that forwards
	hosts    hosts
}

// New returns a Driver over links, the preferred one first. It dials nothing. Its error
// says what is wrong with the links.
func New(links ...Link) (*Driver, error) {
	if len(links) == 0 {
		return nil, errNoLinks
	}
	d := &Driver{forwards: true}
	for i, l := range links {
		if err := d.check(i, l); err != nil {
			return nil, err
		}
		forwarder, ok := l.Driver.(netdriver.Forwarder)
		d.forwards = d.forwards && ok && forwarder.Forwards()
		d.links = append(d.links, &link{
			name:   l.Name,
			driver: l.Driver,
			path:   &netdriver.Path{Link: l.Name},
		})
	}
	return d, nil
}

// check says what is wrong with the link at index i.
func (d *Driver) check(i int, l Link) error {
	name := strconv.Quote(l.Name)
	switch {
	case l.Name == "":
		return errors.New("failover: link " + strconv.Itoa(i+1) + ` has no name: set Link.Name, such as "modem"`)
	case strings.Contains(l.Name, "/"):
		return errors.New("failover: the link name " + name + " has a slash, which joins the names of nested links: use another character")
	case l.Driver == nil:
		return errors.New("failover: the link " + name + " has no driver: set Link.Driver")
	case d.find(l.Name) != nil:
		return errors.New("failover: two links are named " + name + ": give each link a name of its own")
	}
	return nil
}

// all returns the links. A nil Driver has none, so that one whose error from New was
// ignored fails to dial and does not panic.
func (d *Driver) all() []*link {
	if d == nil {
		return nil
	}
	return d.links
}

// find returns the link of that name, or nil.
func (d *Driver) find(name string) *link {
	for _, l := range d.all() {
		if l.name == name {
			return l
		}
	}
	return nil
}

// Start starts the links whose drivers are Starters, one after the other. Each has a share
// of the time until the deadline of ctx, as in a dial. Start returns nil if at least one
// link can dial. The others are left out by dials until they are started, with another
// Start or with that of their own driver. If no link can dial, the error is an [*Error].
func (d *Driver) Start(ctx context.Context) error {
	links := d.all()
	if len(links) == 0 {
		return errNoLinks
	}
	var failures []*LinkError
	for i, l := range links {
		if err := l.start(ctx, len(links)-i); err != nil {
			failures = append(failures, &LinkError{Link: l.name, Err: err})
		}
	}
	if len(failures) < len(links) {
		return nil
	}
	return &Error{Links: failures, tried: len(failures), verb: "start"}
}

// Stop stops the links whose drivers are Starters, all of them even if one fails. Its
// error holds a [*LinkError] for each that failed.
func (d *Driver) Stop() error {
	var failures []error
	for _, l := range d.all() {
		if starter, ok := l.driver.(netdriver.Starter); ok {
			if err := starter.Stop(); err != nil {
				failures = append(failures, &LinkError{Link: l.name, Err: err})
			}
		}
	}
	return errors.Join(failures...)
}

// Suspect makes the dials that follow prefer the other links for a while, as if a dial over
// link had failed. A name with a slash, as nested drivers have, is passed on to the driver of
// the link, if that is a [netdriver.Suspecter].
func (d *Driver) Suspect(link string) { _ = d.SuspectHost(link, "") }

// SuspectHost is Suspect for a connection to address that has stalled or broken, which may be
// the fault of address: see the package comment. It returns false if only dials to address are
// affected.
func (d *Driver) SuspectHost(link, address string) (leave bool) {
	l, below, rest := d.named(link)
	switch {
	case l == nil:
		return false
	case below == nil:
		return d.hosts.blame(l, address, d.links)
	}
	if below, ok := below.(netdriver.HostSuspecter); ok {
		return below.SuspectHost(rest, address)
	}
	below.Suspect(rest)
	return true
}

// Answered reports that address has answered over link, so that the link is not to blame if
// a connection to another address has stalled or broken.
func (d *Driver) Answered(link, address string) {
	l, below, rest := d.named(link)
	if l != nil && below == nil {
		d.hosts.answered(l, address)
	} else if below, ok := below.(netdriver.HostSuspecter); ok {
		below.Answered(rest, address)
	}
}

// named returns the link of a name in a [netdriver.Path], or nil. If the name has a slash,
// below is the driver of the link, if that wants to know, and rest its own name for the link.
func (d *Driver) named(name string) (l *link, below netdriver.Suspecter, rest string) {
	name, rest, nested := strings.Cut(name, "/")
	if l = d.find(name); l != nil && nested {
		below, _ = l.driver.(netdriver.Suspecter)
	}
	return l, below, rest
}

// Sockets returns the smallest number among the links that know theirs, or 0 if none does.
// A dial may go over any link, so only that many connections are certain to fit.
func (d *Driver) Sockets() int {
	least := 0
	for _, l := range d.all() {
		limiter, ok := l.driver.(netdriver.SocketLimiter)
		if !ok {
			continue
		}
		if n := limiter.Sockets(); n > 0 && (least == 0 || n < least) {
			least = n
		}
	}
	return least
}

// Forwards reports whether every link has a proxy that forwards plain http requests.
func (d *Driver) Forwards() bool { return d != nil && d.forwards }

// Proxy returns the proxy that all links have for the origin. If they do not have the same
// one, the address is "": then only a dial can tell.
func (d *Driver) Proxy(origin string) (address string) {
	if !d.Forwards() {
		return ""
	}
	for i, l := range d.all() {
		proxy := l.driver.(netdriver.Forwarder).Proxy(origin)
		if i > 0 && proxy != address {
			return ""
		}
		address = proxy
	}
	return address
}
