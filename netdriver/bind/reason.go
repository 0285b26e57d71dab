package bind

import (
	"context"
	"errors"
	"net"
	"os"
	"syscall"

	"github.com/zreq-go/zreq/netdriver"
)

// explain adds a Reason to err, the error of a dial, if the interface or the source
// address is at fault. That takes a few system calls, and only failed dials pay for it.
func (d *Driver) explain(ctx context.Context, err error) error {
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return err // the peer has answered, so the interface works
	case errors.Is(err, netdriver.ErrNoSocket):
		return err // neither is at fault, and a probe would need a socket
	}
	if d.otherFamily(err) {
		return d.fault(ErrFamily, err)
	}
	if ctx.Err() == nil {
		// A failed look-up does not contain the error of its socket. The probe returns it.
		cause := d.probe(ctx)
		if reason := reasonOf(cause); reason != nil {
			return d.fault(reason, cause)
		}
	}
	if d.isDown() {
		return d.fault(ErrInterfaceDown, err)
	}
	return err
}

func (d *Driver) fault(reason, err error) error {
	return &Error{Interface: d.device(), Source: d.Source, Reason: reason, Err: err}
}

// otherFamily reports whether net found no address that Source can dial. Its error then
// names Source.
func (d *Driver) otherFamily(err error) bool {
	var mismatch *net.AddrError
	source := net.TCPAddr{IP: d.ip()}
	return errors.As(err, &mismatch) && mismatch.Addr == source.String()
}

// probe binds a socket in the same way as connections, sends nothing, and returns the
// error of the system call that failed.
func (d *Driver) probe(ctx context.Context) error {
	listen := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error { return d.bind(c) }}
	var host string
	if ip := d.ip(); ip != nil {
		host = ip.String()
	}
	c, err := listen.ListenPacket(ctx, "udp", net.JoinHostPort(host, "0"))
	if err == nil {
		return c.Close()
	}
	var call *os.SyscallError
	if errors.As(err, &call) {
		return call
	}
	return err
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
func (d *Driver) isDown() bool {
	i, err := net.InterfaceByName(d.device())
	return err == nil && i.Flags&net.FlagRunning == 0
}
