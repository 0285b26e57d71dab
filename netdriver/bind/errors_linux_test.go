package bind_test

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/bind"
	"github.com/zreq-go/zreq/netdriver/drivertest"
	"github.com/zreq-go/zreq/zreq"
)

// Nothing here leaves the machine: the socket is never made. The name is of those
// that no nameserver is to be asked for (RFC 6761).
func testErrors(t *testing.T) {
	absent := netip.MustParseAddr("192.0.2.77")
	for name, tt := range map[string]struct {
		d      *bind.Driver
		reason error
		socket error
		text   string
	}{
		"no interface": {
			&bind.Driver{Interface: "wwan9"}, bind.ErrNoInterface, syscall.ENODEV,
			"interface wwan9: no such network interface: setsockopt: no such device",
		},
		"a long name": {
			&bind.Driver{Interface: "lo" + strings.Repeat("o", 14)}, bind.ErrNoInterface, syscall.ENODEV,
			"interface looooooooooooooo: no such network interface: setsockopt: no such device",
		},
		"no source": {
			&bind.Driver{Source: absent}, bind.ErrNoSource, syscall.EADDRNOTAVAIL,
			"source 192.0.2.77: source address is not an address of this machine, or not of that interface: " +
				"bind: cannot assign requested address",
		},
		"no source on it": {
			&bind.Driver{Interface: "lo", Source: absent}, bind.ErrNoSource, syscall.EADDRNOTAVAIL,
			"interface lo: source 192.0.2.77: source address is not an address of this machine, or not of that interface: " +
				"bind: cannot assign requested address",
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, address := range []string{"192.0.2.1:80", "device.invalid:80"} {
				is := is.New(t)
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				c, err := tt.d.Dial(ctx, "tcp", address)
				cancel()
				is.True(c == nil)
				is.True(errors.Is(err, tt.reason)) // what is wrong
				is.True(errors.Is(err, tt.socket)) // and how the system said it
				var call *os.SyscallError
				is.True(errors.As(err, &call))
				var fault *bind.Error
				is.True(errors.As(err, &fault)) // with the way that was tried
				is.Equal(fault.Interface, tt.d.Interface)
				is.Equal(fault.Source, tt.d.Source)
				is.Equal(err.Error(), tt.text)
			}
		})
	}
}

// Since Linux 5.7 anyone may, so that the test is of what the error would mean.
func TestErrorOfPermission(t *testing.T) {
	is := is.New(t)
	reason := bind.ReasonOf(os.NewSyscallError("setsockopt", syscall.EPERM))
	is.Equal(reason, bind.ErrPermission)
	is.True(strings.Contains(reason.Error(), "CAP_NET_RAW")) // the cure
	is.True(strings.Contains(reason.Error(), "Linux 5.7"))   // and the other
	is.Equal(bind.ReasonOf(syscall.EMFILE), nil)             // not every error is of the way
}

func TestErrorsOfThePeer(t *testing.T) {
	is := is.New(t)
	l := drivertest.TCP(t)
	address := l.Address()
	is.NoErr(l.Close())
	d := &bind.Driver{Interface: "wwan9"} // loopback is not bound, so that it is reached
	_, err := d.Dial(t.Context(), "tcp", address)
	is.True(errors.Is(err, syscall.ECONNREFUSED))
	is.True(!errors.Is(err, bind.ErrNoInterface)) // a refusal is an answer: the way is good
	source := &bind.Driver{Source: netip.MustParseAddr("127.0.0.1")}
	_, err = source.Dial(t.Context(), "tcp", "127.0.0.1")
	var fault *bind.Error
	is.True(!errors.As(err, &fault)) // nor is it at fault for an address without a port
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = d.Dial(ctx, "tcp", "192.0.2.1:80")
	is.True(errors.Is(err, context.Canceled)) // and who gave up is told that
}

func TestErrorOverZreq(t *testing.T) {
	is := is.New(t)
	_, err := zreq.Get(t.Context(), "http://192.0.2.1/", &zreq.Args{Driver: &bind.Driver{Interface: "wwan9"}})
	is.True(errors.Is(err, zreq.ErrConnect))
	is.True(errors.Is(err, bind.ErrNoInterface)) // the reason comes through
	is.True(zreq.SafeToRetry(err))
}

func TestErrorOfFewSockets(t *testing.T) {
	var limit syscall.Rlimit
	is := is.New(t)
	is.NoErr(syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit))
	is.NoErr(syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Max: limit.Max}))
	_, dialled := (&bind.Driver{Interface: "lo"}).Dial(t.Context(), "tcp", "192.0.2.1:80")
	_, named := (&bind.Driver{Interface: "lo"}).Dial(t.Context(), "tcp", "device.invalid:80")
	is.NoErr(syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit))
	for _, err := range []error{dialled, named} {
		is.True(errors.Is(err, netdriver.ErrNoSocket)) // a Session makes room for it
		is.True(errors.Is(err, syscall.EMFILE))
		var fault *bind.Error
		is.True(!errors.As(err, &fault)) // the interface is not at fault
	}
}
