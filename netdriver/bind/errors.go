package bind

import (
	"errors"
	"net/netip"
)

// ErrUnbound means that a Driver has neither an Interface nor a Source.
var ErrUnbound error = unbound{}

type unbound struct{}

func (unbound) Error() string {
	return "neither an interface nor a source address is set to dial through"
}

// Permanent returns true: another dial would fail as well.
func (unbound) Permanent() bool { return true }

// Reasons of an [Error].
var (
	// ErrNoInterface means that there is no interface of that name at present.
	ErrNoInterface = errors.New("no such network interface")
	// ErrInterfaceDown means that the interface exists, but is switched off or has no
	// cable, carrier or network.
	ErrInterfaceDown = errors.New("network interface is down")
	// ErrPermission means that the system does not let this program bind to an interface.
	ErrPermission = errors.New("not allowed to bind to an interface: that takes CAP_NET_RAW, or Linux 5.7")
	// ErrUnsupported means that this system cannot bind to interfaces.
	ErrUnsupported = errors.New("only Linux binds to an interface: give its address as the source instead")
	// ErrNoSource means that none of the interfaces that may be used has the source
	// address at present.
	ErrNoSource = errors.New("source address is not an address of this machine, or not of that interface")
	// ErrFamily means that the server has only IPv4 addresses and the source is an IPv6
	// address, or the reverse.
	ErrFamily = errors.New("server has no address of the IP version of the source address")
)

// errElsewhere means that the connection came from another address and was closed.
var errElsewhere = errors.New("the system took another address")

// An Error is a dial that failed because of its interface or source address. errors.Is
// finds its Reason, and it wraps the error of the system.
type Error struct {
	Interface string     // that the dial was bound to, or ""
	Source    netip.Addr // that the dial was bound to, or the zero Addr
	Reason    error      // ErrNoInterface or another error above
	Err       error      // the error of the socket or of the dial
}

// Error names the interface and the source address, the Reason, and the error of the
// system.
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

// Permanent reports whether another dial would fail as well. An interface or an address
// may come back; the abilities and permissions of the system do not change.
func (e *Error) Permanent() bool { return e.Reason == ErrUnsupported || e.Reason == ErrPermission }

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }
