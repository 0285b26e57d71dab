package zreq_test

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
)

// TestDriverRegistry: the driver of a call is its own, or its connection's, or
// the program's, and where there is none, or no choice between two, the error
// names the cure. It says: no driver, ambiguous, bad request, safe to retry.
func TestDriverRegistry(t *testing.T) {
	is := is.New(t)
	out, err := exec.Command("go", "run", "./testdata/registry").CombinedOutput()
	is.NoErr(err)
	want := []string{
		`none: true false false false zreq: request: GET http://device.test/: no net driver: import _ "github.com/zreq-go/zreq/netdriver/std", or register one`,
		`none, connect: true false false false zreq: request: connect http://device.test/: no net driver: import _ "github.com/zreq-go/zreq/netdriver/std", or register one`,
		"one: done",
		"two: false true false false zreq: request: GET http://device.test/: more than one net driver: call netdriver.SetDefault, or give one to the call",
		"set default: <nil>",
		"chosen by the program: done",
		"dials: 1 1",
		"look-up: <nil>",
		"chosen by the call: done",
		"dials: 2 1",
		"chosen by the connection: done",
		"dials: 2 1",
		"open: 0 0",
	}
	is.Equal(strings.Split(strings.TrimSpace(string(out)), "\n"), want)
}

// TestDriverNotStarted: a driver that must be started first says so, and the
// call can be made again after that.
func TestDriverNotStarted(t *testing.T) {
	is := is.New(t)
	radio := memnet.NewStopped()
	l, err := radio.Listen("")
	is.NoErr(err)
	defer l.Close()
	_, err = zreq.Get(context.Background(), site, &zreq.Args{Driver: radio})
	is.True(errors.Is(err, netdriver.ErrNotStarted))
	is.True(errors.Is(err, zreq.ErrConnect))
	is.True(strings.Contains(err.Error(), "call its Start first")) // the cure
	is.True(zreq.SafeToRetry(err))
	is.NoErr(radio.Start(context.Background()))
	conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: radio})
	is.NoErr(err) // started, it dials
	is.NoErr(conn.Close())
	is.NoErr(radio.Stop())
	_, err = zreq.Connect(context.Background(), site, &zreq.Args{Driver: radio})
	is.True(errors.Is(err, netdriver.ErrNotStarted)) // and stopped, it does not
	is.Equal(radio.Open(), 0)
}

// TestDriverOfACall: each call dials with the driver that it names.
func TestDriverOfACall(t *testing.T) {
	is := is.New(t)
	a, b := answers(t, page(200, "a")), answers(t, page(200, "b"))
	for driver, want := range map[netdriver.Driver]string{a: "a", b: "b"} {
		resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: driver})
		is.NoErr(err)
		is.Equal(content(is, resp), want)
	}
}

// nothing is a driver, and a TLS, that returns neither a connection nor an error.
type nothing struct{ netdriver.Driver }

func (nothing) Dial(context.Context, string, string) (netdriver.Conn, error) { return nil, nil }

func (nothing) Client(context.Context, netdriver.Conn, string) (netdriver.Conn, error) {
	return nil, nil
}

func TestDriverReturnsNothing(t *testing.T) {
	is := is.New(t)
	_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: nothing{}})
	is.True(errors.Is(err, zreq.ErrConnect)) // an error and no panic
	is.Equal(failure(is, err).Phase, zreq.PhaseDial)

	peer := answers(t)
	_, err = zreq.Get(context.Background(), "https://device.test/", &zreq.Args{Driver: peer, TLS: nothing{}})
	is.True(errors.Is(err, zreq.ErrConnect))
	is.Equal(failure(is, err).Phase, zreq.PhaseTLS)
	is.Equal(peer.Open(), 0) // what was dialled is closed
}
