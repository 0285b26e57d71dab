package stdnet_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"syscall"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/drivertest"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
)

// limitFiles lets this process open no file with a number of n or more until the test ends.
func limitFiles(t *testing.T, n int) {
	t.Helper()
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit) })
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Cur: uint64(n), Max: limit.Max}); err != nil {
		t.Fatal(err)
	}
}

func TestNoSocket(t *testing.T) {
	l := drivertest.TCP(t)
	defer l.Close()
	own := &net.Resolver{PreferGo: true}
	for name, tt := range map[string]struct {
		d       *stdnet.Driver
		address string
		want    error
	}{
		"of this process": {new(stdnet.Driver), l.Address(), syscall.EMFILE},
		"for a look-up":   {&stdnet.Driver{Resolver: own}, "device.invalid:80", syscall.EMFILE},
		"of the system": {&stdnet.Driver{Control: func(string, string, syscall.RawConn) error {
			return os.NewSyscallError("socket", syscall.ENFILE) // it takes a whole system to see that
		}}, l.Address(), syscall.ENFILE},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			if tt.want == syscall.EMFILE {
				limitFiles(t, 0)
			}
			c, err := tt.d.Dial(t.Context(), "tcp", tt.address)
			is.True(c == nil)
			is.True(errors.Is(err, netdriver.ErrNoSocket)) // a Session makes room for it
			is.True(errors.Is(err, tt.want))               // and the error of the system is there
			var op *net.OpError
			is.True(errors.As(err, &op)) // as net returns it
		})
	}
	is := is.New(t)
	_, err := (&stdnet.Driver{Resolver: &net.Resolver{PreferGo: true, Dial: noNameserver}}).Dial(t.Context(), "tcp", "device.invalid:80")
	is.True(err != nil)
	is.True(!errors.Is(err, netdriver.ErrNoSocket)) // a name that is not found is another matter
}

func noNameserver(context.Context, string, string) (net.Conn, error) { return nil, io.EOF }

// TestSessionMakesRoom: a Session closes an idle connection to one origin for a call to
// another.
func TestSessionMakesRoom(t *testing.T) {
	is := is.New(t)
	answer := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") })
	one, other := httptest.NewServer(answer), httptest.NewServer(answer)
	defer one.Close()
	defer other.Close()
	s := zreq.Session{Driver: new(stdnet.Driver), Retry: zreq.Retry{Attempts: -1}}
	defer s.Close()
	_, err := s.Get(t.Context(), one.URL, nil)
	is.NoErr(err)
	free, err := syscall.Dup(0) // the lowest number that is free
	is.NoErr(err)
	is.NoErr(syscall.Close(free))
	limitFiles(t, free)
	for _, origin := range []string{other.URL, one.URL} {
		_, err = s.Get(t.Context(), origin, nil)
		is.NoErr(err)
		is.Equal(s.Stats().Idle, 1) // its own
	}
	is.Equal(s.Stats().Dialled, int64(3))
}
