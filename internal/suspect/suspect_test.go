package suspect_test

import (
	"context"
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

func (l *linked) Suspect(link string) { l.told = append(l.told, link) }

// tardy is a context that does not know yet that its deadline has passed.
type tardy struct {
	context.Context
	by time.Time
}

func (t tardy) Deadline() (time.Time, bool) { return t.by, true }

// TestLink: what each failure of a call says about its link. A Session says the same of it.
func TestLink(t *testing.T) {
	const half = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"
	asked := zreqtest.Request()
	for name, tt := range map[string]struct {
		steps []zreqtest.Step
		want  string
	}{
		"refused":         {[]zreqtest.Step{zreqtest.Refuse()}, ""},
		"no answer":       {[]zreqtest.Step{asked, zreqtest.Hold()}, "cable"},
		"reset":           {[]zreqtest.Step{asked, zreqtest.Reset()}, "cable"},
		"closed in head":  {[]zreqtest.Step{asked, zreqtest.Send("HTTP/1.1 2"), zreqtest.Close()}, ""},
		"stalls in body":  {[]zreqtest.Step{asked, zreqtest.Send(half), zreqtest.Hold()}, "cable"},
		"reset in body":   {[]zreqtest.Step{asked, zreqtest.Send(half), zreqtest.Pause(time.Second), zreqtest.Reset()}, "cable"},
		"closed in body":  {[]zreqtest.Step{asked, zreqtest.Send(half), zreqtest.Close()}, ""},
		"no HTTP":         {[]zreqtest.Step{asked, zreqtest.Send("SSH-2.0-x\r\n")}, ""},
		"busy":            {[]zreqtest.Step{asked, zreqtest.Send("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")}, ""},
		"dead when asked": {[]zreqtest.Step{asked, zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), asked, zreqtest.Reset()}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				d := &linked{Peer: zreqtest.NewPeer(t, tt.steps)}
				s := &zreq.Session{Driver: d}
				defer s.Close()
				args := &zreq.Args{Retry: zreq.Retry{Attempts: 1}, Timeouts: zreq.Timeouts{Head: 10 * time.Second, Body: 10 * time.Second}}
				_, err := s.Post(t.Context(), "http://device.test/", args)
				if name == "dead when asked" {
					is.NoErr(err)
					_, err = s.Post(t.Context(), "http://device.test/", args)
				}
				is.Equal(suspect.Link(t.Context(), err), tt.want)
				is.Equal(len(d.told) > 0, tt.want != "") // by the Session
			})
		})
	}
}

// TestLinkOfTheCaller: what ends by the context of the caller, or in a Session that tells of each
// attempt, is nothing to be told of.
func TestLinkOfTheCaller(t *testing.T) {
	hold := []zreqtest.Step{zreqtest.Request(), zreqtest.Hold()}
	for name, end := range map[string]func(ctx context.Context) (context.Context, context.CancelFunc){
		"cancelled": func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(time.Second, cancel)
			return ctx, cancel
		},
		"deadline": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, time.Second)
		},
		"deadline, not yet known": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return tardy{ctx, time.Now().Add(time.Second)}, func() {}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				ctx, cancel := end(t.Context())
				defer cancel()
				_, err := zreq.Get(ctx, "http://device.test/", &zreq.Args{Driver: &linked{Peer: zreqtest.NewPeer(t, hold)}})
				is.True(err != nil)
				is.Equal(suspect.Link(ctx, err), "")
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		d := &linked{Peer: zreqtest.NewPeer(t, hold, hold)}
		s := &zreq.Session{Driver: d}
		defer s.Close()
		_, err := s.Get(t.Context(), "http://device.test/", &zreq.Args{Retry: zreq.Retry{Attempts: 2}})
		is.Equal(len(d.told), 2)
		is.Equal(suspect.Link(t.Context(), err), "")
	})
}

// TestTell: whom a link is reported to.
func TestTell(t *testing.T) {
	is := is.New(t)
	own, sessions := new(linked), new(linked)
	s := &zreq.Session{Driver: sessions}
	suspect.Tell("cable", s, own)
	suspect.Tell("modem", s, nil)
	suspect.Tell("", s, nil)
	is.Equal(own.told, []string{"cable"})
	is.Equal(sessions.told, []string{"modem"})
}
