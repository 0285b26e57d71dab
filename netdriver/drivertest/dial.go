package drivertest

import (
	"context"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
)

func (s *suite) dialTests() []test {
	tests := []test{
		{"reaches the peer", s.dialReaches},
		{"is not bound by its context afterwards", s.dialContext},
		{"fails where nobody listens", s.dialRefused},
		{"fails when its context has ended", s.dialEnded},
		{"needs a port", s.dialNoPort},
		{"is compared with ==", s.dialComparable},
	}
	if s.Silent != nil {
		tests = append(tests,
			test{"ends with its context's deadline", s.dialDeadline},
			test{"ends with its context's cancel", s.dialCancel})
	}
	return tests
}

func (s *suite) dialReaches(t *testing.T) {
	c, peer := s.connect(t)
	carries(t, c, peer, []byte("x"), 1)
	carries(t, peer, c, []byte("y"), 1)
}

func (s *suite) dialContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	c, peer := s.connectWith(t, ctx)
	cancel()
	carries(t, c, peer, noise(5000), 512)
	carries(t, peer, c, noise(5000), 512)
}

// dial is Dial where it must fail.
func (s *suite) dial(ctx context.Context, address string) *task[netdriver.Conn] {
	return start(func() (netdriver.Conn, error) { return s.driver.Dial(ctx, "tcp", address) })
}

func (s *suite) dialRefused(t *testing.T) {
	is := is.New(t)
	l := s.Listen(t)
	address := l.Address()
	is.NoErr(l.Close())
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	c, err := s.dial(ctx, address).wait(t)
	is.True(err != nil) // a refusal is an error
	is.True(c == nil)   // and no connection
	if s.RefusesAtOnce {
		is.NoErr(ctx.Err()) // it does not wait for the context
	}
}

func (s *suite) dialEnded(t *testing.T) {
	is := is.New(t)
	l := s.Listen(t)
	defer l.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dial := s.dial(ctx, l.Address())
	c, err := dial.wait(t)
	is.True(err != nil)                  // an ended context dials nothing
	is.True(c == nil)                    // and gives no connection
	is.True(s.load.inTime(t, dial.took)) // it says so at once
}

func (s *suite) dialNoPort(t *testing.T) {
	is := is.New(t)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	c, err := s.dial(ctx, "localhost").wait(t)
	is.True(err != nil) // an address is host:port
	is.True(c == nil)
}

func (s *suite) dialComparable(t *testing.T) {
	is := is.New(t)
	other := s.driver
	is.True(other == s.driver) // kept connections are matched to their driver with ==
}

func (s *suite) dialDeadline(t *testing.T) {
	is := is.New(t)
	const limit = 50 * time.Millisecond
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	dial := s.dial(ctx, s.Silent(t))
	c, err := dial.wait(t)
	is.True(err != nil) // the deadline ends it
	is.True(c == nil)
	is.True(s.load.inTime(t, dial.took-limit)) // soon
}

func (s *suite) dialCancel(t *testing.T) {
	is := is.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	dial := s.dial(ctx, s.Silent(t)).settle()
	cancelled := time.Now()
	cancel()
	c, err := dial.wait(t)
	is.True(err != nil) // the cancel ends it
	is.True(c == nil)
	is.True(s.load.inTime(t, dial.begun.Add(dial.took).Sub(cancelled))) // soon
}
