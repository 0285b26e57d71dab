package bind

import (
	"errors"
	"net/netip"
)

// ErrUnbound: a Driver that names no way to go.
var ErrUnbound error = unbound{}

type unbound struct{}

func (unbound) Error() string {
	return "neither an interface nor a source address is set to dial through"
}

// Permanent says that it would fail again.
func (unbound) Permanent() bool { return true }

// What can be wrong with the way out: the Reason of an [Error].
var (
	// ErrNoInterface: no interface has that name, now.
	ErrNoInterface = errors.New("no such network interface")
	// ErrInterfaceDown: the interface is there, and switched off or without a
	// cable, a carrier or a network.
	ErrInterfaceDown = errors.New("network interface is down")
	// ErrPermission: the system does not let this program bind to an interface.
	ErrPermission = errors.New("not allowed to bind to an interface: that takes CAP_NET_RAW, or Linux 5.7")
	// ErrUnsupported: this system does not bind to interfaces at all.
	ErrUnsupported = errors.New("only Linux binds to an interface: give its address as the source instead")
	// ErrNoSource: no interface that may be used has the source address, now.
	ErrNoSource = errors.New("source address is not an address of this machine, or not of that interface")
	// ErrFamily: the server has IPv4 addresses only and the source is one of IPv6,
	// or the reverse.
	ErrFamily = errors.New("server has no address of the IP version of the source address")
)

// errElsewhere: the connection did not come from the address. It was closed.
var errElsewhere = errors.New("the system took another address")

// An Error is a dial that failed for the way it had to take. It is its Reason, and
// wraps what the system said.
type Error struct {
	Interface string     // that it was bound to, "" for none
	Source    netip.Addr // that it was bound to, the zero Addr for none
	Reason    error      // ErrNoInterface and the others above
	Err       error      // the error of the socket or of the dial
}

// Error says which way, what is wrong with it, and the error of the system.
func (e *Error) Error() string {
	var way string
	if e.Interface != "" {
		way = "interface " + e.Interface + ": "
	}
	if e.Source.IsValid() {
		way += "source " + e.Source.String() + ": "
	}
	return way + e.Reason.Error() + ": " + e.Err.Error()
}

// Is reports whether target is the Reason.
func (e *Error) Is(target error) bool { return target == e.Reason }

// Permanent reports whether it would fail again: an interface or an address may come
// back, but not what the system can do.
func (e *Error) Permanent() bool { return e.Reason == ErrUnsupported || e.Reason == ErrPermission }

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }
