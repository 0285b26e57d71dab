package netdev_test

import (
	"context"
	"errors"
	"maps"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/netdev"
)

// hostile is a device that does what a test says, and lists what it was asked.
// Its sockets get the lowest free number, as on most chips.
type hostile struct {
	lookUp  func(name string) (netip.Addr, error)
	socket  func() (int, error)
	connect func() error
	recv    func(p []byte, deadline time.Time) (int, error)
	send    func(p []byte, deadline time.Time) (int, error)

	closing chan struct{} // Close stays until it is closed, if there is one

	limit int   // of sockets, none if zero
	full  error // of Socket when there are as many; if nil, the last once more

	mu      sync.Mutex
	open    map[int]chan struct{} // closed with the socket
	asked   []string
	closes  int
	dialled []call
}

// call is what Socket and Connect got.
type call struct {
	protocol int
	host     string
	address  netip.AddrPort
}

// devTimeout is the timeout of TinyGo's package netdev.
type devTimeout struct{}

func (devTimeout) Error() string { return "timeout expired" }
func (devTimeout) Timeout() bool { return true }

var errDevice = errors.New("device says no")

func (d *hostile) GetHostByName(name string) (netip.Addr, error) {
	d.mu.Lock()
	d.asked = append(d.asked, name)
	d.mu.Unlock()
	if d.lookUp != nil {
		return d.lookUp(name)
	}
	return netip.MustParseAddr("192.0.2.1"), nil
}

func (d *hostile) Addr() (netip.Addr, error) { return netip.MustParseAddr("192.0.2.9"), nil }

func (d *hostile) Socket(_, _, protocol int) (int, error) {
	if d.socket != nil {
		return d.socket()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.open == nil {
		d.open = make(map[int]chan struct{})
	}
	fd := 0
	for d.open[fd] != nil {
		fd++
	}
	if d.limit > 0 && fd == d.limit {
		return fd - 1, d.full
	}
	d.open[fd] = make(chan struct{})
	d.dialled = append(d.dialled, call{protocol: protocol})
	return fd, nil
}

func (d *hostile) Connect(_ int, host string, address netip.AddrPort) error {
	d.mu.Lock()
	last := &d.dialled[len(d.dialled)-1]
	last.host, last.address = host, address
	d.mu.Unlock()
	if d.connect != nil {
		return d.connect()
	}
	return nil
}

func (d *hostile) Recv(_ int, p []byte, _ int, deadline time.Time) (int, error) {
	return d.recv(p, deadline)
}

func (d *hostile) Send(fd int, p []byte, _ int, deadline time.Time) (int, error) {
	return d.send(p, deadline)
}

func (d *hostile) Close(fd int) error {
	if d.closing != nil {
		<-d.closing
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closes++
	if closed := d.open[fd]; closed != nil {
		close(closed)
		delete(d.open, fd)
	}
	return nil
}

// closed is closed when the first socket is.
func (d *hostile) closed() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.open[0]
}

// sockets is how many are open.
func (d *hostile) sockets() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.open)
}

// lookUps is how many names were asked for.
func (d *hostile) lookUps() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.asked)
}

// numbers are those of the open sockets.
func (d *hostile) numbers() []int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Sorted(maps.Keys(d.open))
}

func (d *hostile) Bind(int, netip.AddrPort) error          { return errDevice }
func (d *hostile) Listen(int, int) error                   { return errDevice }
func (d *hostile) Accept(int) (int, netip.AddrPort, error) { return -1, netip.AddrPort{}, errDevice }
func (d *hostile) SetSockOpt(int, int, int, any) error     { return errDevice }

// silence is a Recv, or a Send, that waits for its deadline.
func silence(_ []byte, deadline time.Time) (int, error) {
	time.Sleep(time.Until(deadline))
	return -1, devTimeout{}
}

// connection dials through d.
func connection(t *testing.T, d *hostile, o netdev.Options) netdriver.Conn {
	t.Helper()
	is := is.New(t)
	is.Helper()
	c, err := netdev.NewWith(d, o).Dial(context.Background(), "tcp", "example.org:80")
	is.NoErr(err) // a device that connects makes a connection
	return c
}
