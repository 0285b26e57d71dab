package failover_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/failover"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
)

func TestNewRefuses(t *testing.T) {
	wire := memnet.New()
	for name, tt := range map[string]struct {
		links []failover.Link
		want  string
	}{
		"no link":    {nil, "at least one Link"},
		"no name":    {[]failover.Link{{Name: "a", Driver: wire}, {Driver: wire}}, "link 2 has no name: set Link.Name"},
		"a slash":    {[]failover.Link{{Name: "a/b", Driver: wire}}, `"a/b" has a slash`},
		"no driver":  {[]failover.Link{{Name: "a"}}, `"a" has no driver: set Link.Driver`},
		"name twice": {[]failover.Link{{Name: "a", Driver: wire}, {Name: "a", Driver: memnet.New()}}, `named "a": give each`},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			d, err := failover.New(tt.links...)
			is.True(d == nil)
			is.True(err != nil && strings.Contains(err.Error(), tt.want)) // it says what to do
		})
	}
}

// A Driver that New did not make fails, and says so once.
func TestDriverWithoutLinks(t *testing.T) {
	for _, d := range []*failover.Driver{nil, new(failover.Driver)} {
		is := is.New(t)
		s := zreq.Session{Driver: d}
		_, err := s.Get(t.Context(), "http://device.test/", nil)
		is.True(err != nil && strings.Contains(err.Error(), "at least one Link"))
		is.True(!errors.Is(err, zreq.ErrOutOfRetries)) // it is not tried again
		is.True(d.Start(t.Context()) != nil)
		is.NoErr(d.Stop())
		is.Equal(d.Link(), netdriver.Link{})
		is.Equal(d.Sockets(), 0)
		d.Suspect("modem")
		is.Equal(d.Proxy(site), "")
	}
}

func TestError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.cable.fault, w.modem.fault = errHangs, errDead
		_, err := w.dial()
		w.is.Equal(err.Error(), "no link can connect: "+
			"cable: no connection within its share of the time, 5s: context deadline exceeded; modem: the link is dead")
		w.is.True(errors.Is(err, errDead))                   // each error can be found
		w.is.True(!errors.Is(err, context.DeadlineExceeded)) // the caller's deadline is not over
		w.is.True(!err.(*failover.Error).Timeout())          // in the end it was no timeout
		var of *failover.LinkError
		w.is.True(errors.As(err, &of) && of.Link == "cable")
		w.is.True(of.Err.(interface{ Timeout() bool }).Timeout())

		w.cable.fault, w.modem.fault = errDead, errHangs
		_, err = w.dial()
		w.is.True(errors.Is(err, context.DeadlineExceeded)) // now it is over
		w.is.True(err.(*failover.Error).Timeout())

		w.cable.setUp(false)
		w.modem.fault = memnet.ErrRefused
		_, err = w.dial()
		w.is.Equal(err.Error(), "no link can connect: modem: connection refused; "+
			"cable: the link is down: interface mem0 is switched off, has no address, or does not exist")
		w.is.True(err.(*failover.Error).Answered()) // for a failover over this one
		w.cable.SetLink(netdriver.Link{})
		w.modem.SetLink(netdriver.Link{})
		_, err = w.dial()
		w.is.Equal(err.Error(), "no link is up: cable: the link is down; modem: the link is down")
		w.is.True(!err.(*failover.Error).Answered())
		w.is.True(!err.(*failover.Error).Permanent()) // it may come up
	})
}

// A timeout that contains the reason of a link shows it, and does not pass for the end of
// the caller's context.
func TestErrorOfALateLink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.d = failoverOf(t, failover.Link{Name: "cable", Driver: lateDriver{}}, failover.Link{Name: "modem", Driver: w.modem})
		w.modem.fault = errDead
		_, err := w.dial()
		var reason *reason
		w.is.True(errors.As(err, &reason))
		w.is.True(errors.Is(err, errNoCarrier))
		w.is.True(!errors.Is(err, context.DeadlineExceeded))
	})
}

var errNoCarrier = errors.New("no carrier")

type reason struct{ error }

func (reason) Is(target error) bool { return target == errNoCarrier }

func (r reason) Unwrap() error { return r.error }

type lateDriver struct{}

func (lateDriver) Dial(ctx context.Context, _, _ string) (netdriver.Conn, error) {
	<-ctx.Done()
	return nil, &reason{ctx.Err()}
}

// A Session does not try again what fails on every link for good, and tries again if one
// link may come back.
func TestErrorPermanent(t *testing.T) {
	never := failover.Link{Name: "never", Driver: (*stdnet.Driver)(nil)}
	for name, tt := range map[string]struct {
		other failover.Link
		want  bool
	}{
		"for good":    {failover.Link{Name: "other", Driver: (*stdnet.Driver)(nil)}, true},
		"not started": {failover.Link{Name: "other", Driver: stopped{}}, true},
		"refused":     {failover.Link{Name: "other", Driver: memnet.New()}, false},
		"down":        {failover.Link{Name: "other", Driver: memnet.NewStopped()}, false},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			s := zreq.Session{Driver: failoverOf(t, never, tt.other), Retry: zreq.Retry{Wait: -1}}
			_, err := s.Get(t.Context(), "http://device.test/", nil)
			is.Equal(zreq.Transient(err), !tt.want)
			is.Equal(s.Stats().Retried > 0, !tt.want)
		})
	}
}

// One link that is not started does not keep a Session from trying the other again.
func TestErrorOfOneLinkNotStarted(t *testing.T) {
	is := is.New(t)
	s := zreq.Session{Retry: zreq.Retry{Wait: -1}}
	s.Driver = failoverOf(t, failover.Link{Name: "a", Driver: stopped{}}, failover.Link{Name: "b", Driver: memnet.New()})
	_, err := s.Get(t.Context(), "http://device.test/", nil)
	is.True(errors.Is(err, netdriver.ErrNotStarted)) // the error has both
	is.True(errors.Is(err, memnet.ErrRefused))
	is.True(zreq.Transient(err))
	is.Equal(s.Stats().Retried, int64(3))
}

// stopped is a driver that nobody has started, and that knows nothing of its link.
type stopped struct{}

func (stopped) Dial(context.Context, string, string) (netdriver.Conn, error) {
	return nil, netdriver.ErrNotStarted
}
