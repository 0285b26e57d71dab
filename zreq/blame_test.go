package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// A linked driver has one link, and notes what it is told of it.
type linked struct {
	netdriver.Driver
	link     string
	told     []string // link and address of each SuspectHost
	answered []string // and of each Answered
	lives    bool     // what SuspectHost finds
}

func (l *linked) DialPath(ctx context.Context, network, address string, _ bool) (netdriver.Conn, *netdriver.Path, error) {
	c, err := l.Dial(ctx, network, address)
	return c, &netdriver.Path{Link: l.link}, err
}

func (l *linked) Suspect(link string) { l.told = append(l.told, link) }

func (l *linked) SuspectHost(link, address string) bool {
	l.told = append(l.told, link+" "+address)
	return !l.lives
}

func (l *linked) Answered(link, address string) { l.answered = append(l.answered, link+" "+address) }

func linkedTo(t *testing.T, conns ...[]zreqtest.Step) *linked {
	t.Helper()
	return &linked{Driver: zreqtest.NewPeer(t, conns...), link: "cable"}
}

// failedTLS is a TLS whose handshakes fail.
type failedTLS struct{ err error }

func (f *failedTLS) Client(_ context.Context, c netdriver.Conn, _ string) (netdriver.Conn, error) {
	_ = c.Close()
	return nil, f.err
}

// alert is an error of a handshake that the server has ended.
type alert struct{ error }

func (alert) Answered() bool { return true }

// plainTLS is a TLS that adds nothing.
type plainTLS struct{ _ int }

func (*plainTLS) Client(_ context.Context, c netdriver.Conn, _ string) (netdriver.Conn, error) {
	return struct{ netdriver.Conn }{c}, nil
}

// TestBlame: a link is suspected of what a link does, and of nothing that has come over it.
// The Session, and the function for a call without one, tell the driver the same.
func TestBlame(t *testing.T) {
	const begun = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"
	timeout := func(*zreq.Response) error { return os.ErrDeadlineExceeded }
	for name, tt := range map[string]struct {
		steps   []zreqtest.Step
		tls     error // of the handshake
		onHead  func(*zreq.Response) error
		limit   time.Duration // of the context
		cancel  time.Duration // when the context is cancelled
		suspect bool
	}{
		"no answer":             {steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Hold()}, suspect: true},
		"stalls in the body":    {steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Send(begun), zreqtest.Hold()}, suspect: true},
		"is reset":              {steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Reset()}, suspect: true},
		"is reset in the body":  {steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Send(begun), zreqtest.Pause(time.Second), zreqtest.Reset()}, suspect: true},
		"is closed":             {steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Close()}},
		"is closed in the body": {steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Send(begun), zreqtest.Close()}},
		"is no HTTP":            {steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Send("SSH-2.0-x\r\n")}},
		"no connection":         {steps: []zreqtest.Step{zreqtest.NoAnswer()}},
		"refuses":               {steps: []zreqtest.Step{zreqtest.Refuse()}},
		"no handshake":          {steps: []zreqtest.Step{zreqtest.Hold()}, tls: os.ErrDeadlineExceeded, suspect: true},
		"an alert":              {steps: []zreqtest.Step{zreqtest.Hold()}, tls: alert{errors.New("internal error")}},
		"a bad certificate":     {steps: []zreqtest.Step{zreqtest.Hold()}, tls: forbidden{}},
		"the deadline":          {steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Hold()}, limit: time.Second},
		"given up":              {steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Hold()}, cancel: time.Second},
		"the caller's timeout":  {steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Send(begun), zreqtest.Hold()}, onHead: timeout},
	} {
		for _, over := range []string{"a verb", "a Session"} {
			t.Run(name+" over "+over, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					d := linkedTo(t, tt.steps)
					ctx, cancel := context.WithCancel(t.Context())
					if tt.limit > 0 {
						ctx, cancel = context.WithTimeout(t.Context(), tt.limit)
					}
					defer cancel()
					if tt.cancel > 0 {
						time.AfterFunc(tt.cancel, cancel)
					}
					s := &zreq.Session{Driver: d, Retry: zreq.Retry{Attempts: 1}}
					defer s.Close()
					url, args := site, &zreq.Args{Driver: d, OnHead: tt.onHead}
					if tt.tls != nil {
						url, args.TLS = "https://device.test/", &failedTLS{tt.tls}
					}
					do := zreq.Get
					if over == "a Session" {
						do = s.Get
					}
					_, err := do(ctx, url, args)
					is.True(err != nil)
					if over == "a verb" {
						is.Equal(len(d.told), 0) // there is no other attempt
						zreq.Blame(d, err)
					}
					is.Equal(len(d.told) > 0, tt.suspect)
					s.Blame(nil, err) // whoever reports it again says the same
					is.Equal(len(d.told) > 0, tt.suspect)
				})
			})
		}
	}
}

// TestBlameOfAnIdleConnection: what was reset while it was idle says nothing about its link.
func TestBlameOfAnIdleConnection(t *testing.T) {
	is := is.New(t)
	d := linkedTo(t, append(answering(byLength("one")), zreqtest.Request(), zreqtest.Reset()))
	s := &zreq.Session{Driver: d}
	defer s.Close()
	_, err := s.Get(t.Context(), site, nil)
	is.NoErr(err)
	_, err = s.Post(t.Context(), site, nil)
	is.True(errors.Is(err, zreq.ErrStale))
	is.Equal(failure(is, err).Link, "cable")
	is.Equal(len(d.told), 0)
}

// TestBlameOfARefusal: a server that has refused half of a request may reset the connection
// behind its response, whether the caller reads that or has it read. A stall is another thing.
func TestBlameOfARefusal(t *testing.T) {
	const refused = "HTTP/1.1 413 Too Large\r\nContent-Length: 9\r\n\r\nx"
	for name, tt := range map[string]struct {
		end     []zreqtest.Step
		suspect bool
	}{
		"is reset": {[]zreqtest.Step{zreqtest.Pause(time.Second), zreqtest.Reset()}, false},
		"stalls":   {[]zreqtest.Step{zreqtest.Hold()}, true},
	} {
		for _, stream := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, stream %t", name, stream), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					d := linkedTo(t, append([]zreqtest.Step{zreqtest.Head(), zreqtest.Send(refused)}, tt.end...))
					s := &zreq.Session{Driver: d}
					defer s.Close()
					resp, err := s.Post(t.Context(), site, &zreq.Args{Body: form.Bytes(make([]byte, 1<<20), "image/gif"), Stream: stream})
					if stream {
						is.NoErr(err)
						_, err = resp.Content()
						s.Blame(nil, err)
					}
					is.True(err != nil)
					is.Equal(len(d.told) > 0, tt.suspect)
				})
			})
		}
	}
}

// TestBlameClosesIdle: the driver of the call is told, and the idle connections over the link
// are closed, but not those of another driver, nor those over another link. If the link works,
// only those to the same origin are closed.
func TestBlameClosesIdle(t *testing.T) {
	for name, tt := range map[string]struct {
		lives bool // what the driver finds
		left  int  // idle connections
	}{"a dead link": {false, 2}, "a bad host": {true, 3}} {
		for _, by := range []string{"the Session", "the program"} {
			t.Run(name+" by "+by, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					n := memnet.New()
					serveEach(t, n, nil, func(path string) string {
						if path == "/stalls" {
							return "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"
						}
						return byLength("ok")
					})
					d, other := &linked{Driver: n, link: "cable", lives: tt.lives}, &linked{Driver: n, link: "cable"}
					s := &zreq.Session{Driver: other}
					defer s.Close()
					var open []*zreq.Response
					for _, to := range []struct {
						driver *linked
						link   string
						url    string
					}{{d, "cable", "http://slow.test/"}, {d, "cable", "http://slow.test/"}, {d, "cable", "http://b.test/"}, {d, "modem", "http://c.test/"}, {other, "cable", "http://slow.test/"}} {
						to.driver.link = to.link
						resp, err := s.Get(t.Context(), to.url, &zreq.Args{Driver: to.driver, Stream: true})
						is.NoErr(err)
						open = append(open, resp)
					}
					for _, resp := range open {
						is.Equal(content(is, resp), "ok")
					}
					is.Equal(s.Stats().Idle, 5)
					resp, err := s.Post(t.Context(), "http://slow.test/stalls", &zreq.Args{Driver: d, Stream: by == "the program"})
					if by == "the program" {
						is.NoErr(err)
						_, err = resp.Content()
						is.Equal(len(d.told), 0)
						s.Blame(d, err)
					}
					is.True(netdriver.IsTimeout(err))
					is.Equal(d.told, []string{"cable slow.test:80"})
					is.Equal(len(other.told), 0)
					is.Equal(s.Stats().Idle, tt.left)
				})
			})
		}
	}
}

// TestBlameTellsWhom: without a driver it is that of the Session, or the default one. One that
// has no links is told nothing.
func TestBlameTellsWhom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		d := linkedTo(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Hold()})
		_, err := zreq.Get(t.Context(), site, &zreq.Args{Driver: d})
		is.True(err != nil)
		(&zreq.Session{Driver: d}).Blame(nil, err)
		is.Equal(len(d.told), 1)
		(&zreq.Session{Driver: d.Driver}).Blame(nil, err)
		is.Equal(len(d.told), 1)
		(*zreq.Session)(nil).Blame(d, err)
		is.Equal(len(d.told), 2)
		zreq.Blame(d, fmt.Errorf("upload: %w", err))
		is.Equal(len(d.told), 3)
		(*zreq.Session)(nil).Blame(nil, err) // there is no default driver
		zreq.Blame(nil, err)
		zreq.Blame(d, &zreq.Error{Link: "cable", Phase: zreq.PhaseHead, Err: os.ErrDeadlineExceeded})
		is.Equal(d.told[3], "cable ") // of an origin that is not known
	})
}

// suspicious is a driver that cannot tell hosts apart.
type suspicious struct {
	netdriver.Driver
	told []string
}

func (d *suspicious) DialPath(ctx context.Context, network, address string, _ bool) (netdriver.Conn, *netdriver.Path, error) {
	c, err := d.Dial(ctx, network, address)
	return c, &netdriver.Path{Link: "cable"}, err
}

func (d *suspicious) Suspect(link string) { d.told = append(d.told, link) }

// TestSessionSuspect: a link that the program suspects is reported to the driver, and its idle
// connections are closed. A driver without links, or a link without a name, is none.
func TestSessionSuspect(t *testing.T) {
	is := is.New(t)
	n := memnet.New()
	serveEach(t, n, nil, func(string) string { return byLength("ok") })
	d := &linked{Driver: n, link: "cable"}
	s := &zreq.Session{Driver: d}
	defer s.Close()
	for _, link := range []string{"cable", "modem"} {
		d.link = link
		_, err := s.Get(t.Context(), "http://"+link+".test/", nil)
		is.NoErr(err)
	}
	s.Suspect("")
	is.Equal(len(d.told), 0)
	is.Equal(s.Stats().Idle, 2)
	s.Suspect("cable")
	is.Equal(d.told, []string{"cable"})
	is.Equal(s.Stats().Idle, 1)
	(&zreq.Session{Driver: n}).Suspect("cable")
	(*zreq.Session)(nil).Suspect("cable")
	is.Equal(len(d.told), 1)
}

// TestBlameWithoutHosts: a driver that cannot tell hosts apart is told of the link, and all idle
// connections over it are closed.
func TestBlameWithoutHosts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		n := memnet.New()
		serveEach(t, n, nil, func(string) string { return byLength("ok") })
		d := &suspicious{Driver: n}
		s := &zreq.Session{Driver: d}
		defer s.Close()
		_, err := s.Get(t.Context(), site, nil)
		is.NoErr(err)
		stalled := &zreq.Error{Link: "cable", Phase: zreq.PhaseHead, URL: "http://other.test/", Err: os.ErrDeadlineExceeded}
		s.Blame(nil, stalled)
		is.Equal(d.told, []string{"cable"})
		is.Equal(s.Stats().Idle, 0)
	})
}

// TestAnswered: a Session tells its driver of each new connection that has brought an answer by
// a server that has proven who it is.
func TestAnswered(t *testing.T) {
	for name, tt := range map[string]struct {
		url  string
		link string
		tls  netdriver.TLS
		want []string
	}{
		"over TLS":     {"https://device.test/", "cable", &plainTLS{}, []string{"cable device.test:443"}},
		"plain":        {site, "cable", &plainTLS{}, nil},
		"over no link": {"https://device.test/", "", &plainTLS{}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			d := linkedTo(t, answering(byLength("one"), byLength("two")))
			d.link = tt.link
			s := &zreq.Session{Driver: d, TLS: tt.tls}
			defer s.Close()
			for range 2 { // the second is over the same connection
				_, err := s.Get(t.Context(), tt.url, nil)
				is.NoErr(err)
			}
			is.Equal(d.answered, tt.want)
			bare := &zreq.Session{Driver: answers(t, byLength("one")), TLS: tt.tls} // has no links
			defer bare.Close()
			_, err := bare.Get(t.Context(), tt.url, nil)
			is.NoErr(err)
		})
	}
}
