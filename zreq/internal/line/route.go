package line

import (
	"errors"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/internal/target"
)

// ErrUncomparable: a Driver or TLS has no ==, so that nobody can say which connections
// serve a call that names it.
var ErrUncomparable = errors.New("the Driver or the TLS cannot be compared: give pointers")

// Route is the way to an origin: what connections may be shared by.
type Route struct {
	target.Origin
	Driver netdriver.Driver
	Named  netdriver.TLS       // the TLS that the call named, also if it was for http
	TLS    netdriver.TLS       // what makes the connection secure, if it is https;
	Chip   netdriver.TLSDialer // or the driver itself does that
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

// Equal reports whether a and b are the same, and whether that can be told: == panics
// for some types, as for a struct with a func in it.
func Equal(a, b any) (same, comparable bool) {
	defer func() { _ = recover() }()
	return a == b, true
}
