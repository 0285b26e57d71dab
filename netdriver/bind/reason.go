package bind

import (
	"context"
	"errors"
	"net"
	"syscall"

	"github.com/zreq-go/zreq/netdriver"
)

// explain adds a Reason to err, the error of a dial, if the interface or the source
// address is at fault. That takes a few system calls, and only failed dials pay for it.
func (b binding) explain(ctx context.Context, err error) error {
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return err // the peer has answered, so the interface works
	case errors.Is(err, netdriver.ErrNoSocket):
		return err // neither is at fault, and a probe would need a socket
	}
	if b.otherFamily(err) {
		return b.fault(ErrFamily, err)
	}
	if ctx.Err() == nil {
		// A failed look-up does not contain the error of its socket. The probe returns it.
		cause := b.probe(ctx)
		if reason := reasonOf(cause); reason != nil {
			return b.fault(reason, cause)
		}
	}
	if b.isDown() {
		return b.fault(ErrInterfaceDown, err)
	}
	return err
}

func (b binding) fault(reason, err error) error {
	return &Error{Interface: b.device, Source: b.source, Reason: reason, Err: err}
}

// otherFamily reports whether net found no address that the source can dial. Its error then
// names the source.
func (b binding) otherFamily(err error) bool {
	var mismatch *net.AddrError
	source := net.TCPAddr{IP: b.ip()}
	return errors.As(err, &mismatch) && mismatch.Addr == source.String()
}

// reasonOf returns the Reason for the error of a socket that was to be bound, or nil.
func reasonOf(err error) error {
	switch {
	case errors.Is(err, syscall.ENODEV):
		return ErrNoInterface
	case errors.Is(err, syscall.EPERM):
		return ErrPermission
	case errors.Is(err, errNotOurs):
		return ErrNoSource
	}
	return nil
}

// isDown reports whether the interface is off or has no carrier.
func (b binding) isDown() bool {
	i, err := net.InterfaceByName(b.device)
	return err == nil && i.Flags&net.FlagRunning == 0
}
