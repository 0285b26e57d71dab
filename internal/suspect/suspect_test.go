package suspect_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/internal/suspect"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// linked is a driver of one link that notes what it is told of it.
type linked struct {
	*zreqtest.Peer
	told []string
}

func (l *linked) DialPath(ctx context.Context, network, address string, _ bool) (netdriver.Conn, *netdriver.Path, error) {
	c, err := l.Dial(ctx, network, address)
	return c, &netdriver.Path{Link: "cable"}, err
}

func (l *linked) Suspect(link string) {
	l.told = append(l.told, link)
}

// tardy is a context that does not know yet that its deadline has passed.
type tardy struct {
	context.Context
	by time.Time
}

func (t tardy) Deadline() (time.Time, bool) { return t.by, true }

// TestTell: whom a link is reported to, and when.
func TestTell(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		hold := []zreqtest.Step{zreqtest.Request(), zreqtest.Hold()}
		unanswered := &linked{Peer: zreqtest.NewPeer(t, hold, hold, hold)}
		_, stalled := zreq.Get(t.Context(), "http://device.test/", &zreq.Args{Driver: unanswered})
		s := &zreq.Session{Driver: unanswered}
		defer s.Close()
		_, tired := s.Get(t.Context(), "http://device.test/", &zreq.Args{Retry: zreq.Retry{Attempts: 2}})
		ended, end := context.WithCancel(t.Context())
		end()
		own, sessions := new(linked), new(linked)
		netdriver.Register("cable", own)
		for name, tt := range map[string]struct {
			ctx           context.Context
			err           error
			session       any
			d             netdriver.Driver
			own, sessions bool
		}{
			"a driver":                    {t.Context(), stalled, nil, own, true, false},
			"a Session":                   {t.Context(), stalled, &zreq.Session{Driver: sessions}, nil, false, true},
			"both":                        {t.Context(), stalled, &zreq.Session{Driver: sessions}, own, true, false},
			"a Session of the program":    {t.Context(), stalled, "its driver is not known", nil, false, false},
			"the same with a driver":      {t.Context(), stalled, "its driver is not known", own, true, false},
			"no link":                     {t.Context(), errors.New("disk full"), nil, own, false, false},
			"a Session that is out":       {t.Context(), tired, &zreq.Session{Driver: sessions}, nil, false, false}, // it has told all attempts
			"cancelled":                   {ended, stalled, nil, own, false, false},
			"a deadline not known yet":    {tardy{t.Context(), time.Now()}, stalled, nil, own, false, false},
			"neither, the default driver": {t.Context(), stalled, nil, nil, true, false},
		} {
			t.Log(name)
			own.told, sessions.told = nil, nil
			suspect.Tell(tt.ctx, tt.err, tt.session, tt.d)
			is.Equal(len(own.told) > 0, tt.own)
			is.Equal(len(sessions.told) > 0, tt.sessions)
		}
	})
}
