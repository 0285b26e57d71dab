package roundtrip_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/roundtrip"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// linked is a driver of one link that notes what it is told of it.
type linked struct {
	*zreqtest.Peer
	told []string
	then func() // what it does when it is told; may be nil
}

func (l *linked) DialPath(ctx context.Context, network, address string, _ bool) (netdriver.Conn, *netdriver.Path, error) {
	c, err := l.Dial(ctx, network, address)
	return c, &netdriver.Path{Link: "cable"}, err
}

func (l *linked) Suspect(link string) {
	l.told = append(l.told, link)
	if l.then != nil {
		l.then()
	}
}

// TestLinkOfARefusedDial: where nothing has connected, no link is named, whatever the driver says.
func TestLinkOfARefusedDial(t *testing.T) {
	is := is.New(t)
	_, err := zreq.Get(t.Context(), "http://device.test/", &zreq.Args{
		Driver: &linked{Peer: zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Refuse()})},
	})
	var refused *zreq.Error
	is.True(errors.As(err, &refused))
	is.Equal(refused.Link, "")
}

// halfBody is the beginning of a response whose body ends later.
const halfBody = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"

// TestLinkThatStalls: the driver is told of a connection that stalls or breaks in the body,
// since the user of an http.Client cannot do that. It is not told of one that the user gives up
// or the server closes, nor of one that is reset behind the answer to half a request.
func TestLinkThatStalls(t *testing.T) {
	const refused = "HTTP/1.1 413 Too Large\r\nContent-Length: 9\r\n\r\nx"
	asked := zreqtest.Request()
	for name, tt := range map[string]struct {
		steps  []zreqtest.Step
		sends  int
		cancel bool
		want   []string
	}{
		"stalls":              {steps: []zreqtest.Step{asked, zreqtest.Send(halfBody), zreqtest.Hold()}, want: []string{"cable"}},
		"is reset":            {steps: []zreqtest.Step{asked, zreqtest.Send(halfBody), zreqtest.Pause(time.Second), zreqtest.Reset()}, want: []string{"cable"}},
		"is closed":           {steps: []zreqtest.Step{asked, zreqtest.Send(halfBody), zreqtest.Close()}},
		"given up":            {steps: []zreqtest.Step{asked, zreqtest.Send(halfBody), zreqtest.Hold()}, cancel: true},
		"refused early":       {steps: []zreqtest.Step{zreqtest.Head(), zreqtest.Send(refused), zreqtest.Pause(time.Second), zreqtest.Reset()}, sends: 1 << 20},
		"refused, and stalls": {steps: []zreqtest.Step{zreqtest.Head(), zreqtest.Send(refused), zreqtest.Hold()}, sends: 1 << 20, want: []string{"cable"}},
		"refused late":        {steps: []zreqtest.Step{asked, zreqtest.Send(refused), zreqtest.Pause(time.Second), zreqtest.Reset()}, sends: 9, want: []string{"cable"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				d := &linked{Peer: zreqtest.NewPeer(t, tt.steps)}
				s := &zreq.Session{Driver: d}
				defer s.Close()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if tt.cancel {
					time.AfterFunc(time.Second, cancel)
				}
				req := make1("POST", "http://device.test/", strings.NewReader(strings.Repeat("x", tt.sends))).WithContext(ctx)
				resp, err := (&http.Client{Transport: &roundtrip.Transport{Session: s}}).Do(req)
				is.NoErr(err)
				_, err = io.ReadAll(resp.Body)
				is.True(err != nil)
				is.Equal(d.told, tt.want)
				is.NoErr(resp.Body.Close())
			})
		})
	}
}

// tardy is a context that does not know yet that its deadline has passed.
type tardy struct {
	context.Context
	by time.Time
}

func (t tardy) Deadline() (time.Time, bool) { return t.by, true }

// TestOwnDeadline: the deadline of the caller says nothing about the link. It ends the connection
// as well, and that may be before the context ends.
func TestOwnDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		d := &linked{Peer: zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Send(halfBody), zreqtest.Hold()})}
		s := &zreq.Session{Driver: d}
		defer s.Close()
		ctx := tardy{t.Context(), time.Now().Add(time.Second)}
		resp, err := (&http.Client{Transport: &roundtrip.Transport{Session: s}}).Do(make1("GET", "http://device.test/", nil).WithContext(ctx))
		is.NoErr(err)
		_, err = io.ReadAll(resp.Body)
		is.Equal(err, context.DeadlineExceeded)
		is.Equal(len(d.told), 0)
	})
}

// TestCallbacksOfARead: what a Read calls can close the body, and a Read in a Read is an error.
// No lock is held meanwhile.
func TestCallbacksOfARead(t *testing.T) {
	for name, end := range map[string]zreqtest.Step{"whole": zreqtest.Send("12345678"), "reset": zreqtest.Reset()} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				var resp *http.Response
				called := 0
				disturb := func() {
					called++
					_, err := resp.Body.Read(make([]byte, 1))
					is.True(err != nil)
					is.NoErr(resp.Body.Close())
				}
				d := &linked{Peer: zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Send(halfBody), zreqtest.Pause(time.Second), end}), then: disturb}
				s := &zreq.Session{Driver: d, Trace: traceFunc(func(e zreq.Event) {
					if e.Kind == zreq.EventBody {
						disturb()
					}
				})}
				defer s.Close()
				var err error
				resp, err = (&http.Client{Transport: &roundtrip.Transport{Session: s}}).Do(make1("GET", "http://device.test/", nil))
				is.NoErr(err)
				_, err = io.ReadAll(resp.Body)
				is.True(err == nil == (name == "whole"))
				is.True(called > 0)
				is.Equal(s.Stats().Open, s.Stats().Idle) // nothing is held
			})
		})
	}
}
