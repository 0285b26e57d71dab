package line

import (
	"errors"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/internal/target"
)

// ErrUncomparable means that a Driver or a TLS has no ==, so that it cannot be decided which
// connections serve a call that names it.
var ErrUncomparable = errors.New("the Driver or the TLS cannot be compared: give pointers")

// Route is the way to an origin. Connections with the same Route may be shared.
type Route struct {
	Origin target.Origin
	Driver netdriver.Driver
	Named  netdriver.TLS       // the TLS that the call named, even if its URL is http
	TLS    netdriver.TLS       // secures an https connection, unless Chip does
	Chip   netdriver.TLSDialer // the driver, if it speaks TLS itself
}

// Same reports whether a connection over one of two routes may serve the other. comparable
// is false if a Driver or TLS has no ==.
func (r *Route) Same(other *Route) (same, comparable bool) {
	if !r.Origin.Same(&other.Origin) {
		return false, true
	}
	same, comparable = Equal(r.Driver, other.Driver)
	if same {
		same, comparable = Equal(r.TLS, other.TLS)
	}
	return same, comparable
}

// Equal reports whether a and b are the same. comparable is false if == panics for their type,
// such as a struct with a func in it.
func Equal(a, b any) (same, comparable bool) {
	defer func() { _ = recover() }()
	return a == b, true
}
