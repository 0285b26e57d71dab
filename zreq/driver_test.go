package zreq_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
)

// testDriverNotStarted: a driver that must be started first says so, and the
// call can be made again after that.
func testDriverNotStarted(t *testing.T) {
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

// testDriverOfACall: each call dials with the driver that it names.
func testDriverOfACall(t *testing.T) {
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
