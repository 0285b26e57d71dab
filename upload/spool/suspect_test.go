package spool_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/upload/spool"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// leaving is a driver of one link that notes what it is told of it.
type leaving struct {
	netdriver.Driver
	told []string
}

func (l *leaving) DialPath(ctx context.Context, network, address string, _ bool) (netdriver.Conn, *netdriver.Path, error) {
	c, err := l.Dial(ctx, network, address)
	return c, &netdriver.Path{Link: "cable"}, err
}

func (l *leaving) Suspect(link string) {
	l.told = append(l.told, link)
}

// leave runs a test with a file in a spool that sends it to a peer over one link.
func leave(t *testing.T, args spool.Args, conns [][]zreqtest.Step, test func(b *bench, d *leaving)) {
	t.Helper()
	d := new(leaving)
	args.Upload.Driver, args.Upload.ExpectFrom = d, -1
	on(t, args, nil, func(b *bench) {
		d.Driver = zreqtest.NewPeer(b.t, conns...)
		path := filepath.Join(b.card, "clip")
		b.is.NoErr(os.WriteFile(path, make([]byte, 1<<20), 0o600))
		_, err := b.Add(path)
		b.is.NoErr(err)
		test(b, d)
	})
}

// testLeavesALink: the driver is told that a link has stalled or broken, so that the next attempt
// can take another one. It is not told of a server that refuses, not even if that breaks the
// connection behind its response.
func testLeavesALink(t *testing.T) {
	asked, early := zreqtest.Request(), zreqtest.Head()
	half := func(status string) zreqtest.Step {
		return zreqtest.Send("HTTP/1.1 " + status + " Said\r\nContent-Length: 9\r\n\r\nx")
	}
	for name, tt := range map[string]struct {
		steps   []zreqtest.Step
		event   string
		suspect bool
	}{
		"no answer":           {[]zreqtest.Step{asked, zreqtest.Hold()}, "clip failed", true},
		"reset":               {[]zreqtest.Step{early, zreqtest.Reset()}, "clip failed", true},
		"busy":                {[]zreqtest.Step{asked, zreqtest.Send("HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")}, "clip failed", false},
		"refused and reset":   {[]zreqtest.Step{early, half("413"), zreqtest.Pause(time.Second), zreqtest.Reset()}, "clip set aside", false},
		"busy and reset":      {[]zreqtest.Step{early, half("503"), zreqtest.Pause(time.Second), zreqtest.Reset()}, "clip failed", false},
		"taken, and stalls":   {[]zreqtest.Step{asked, half("201"), zreqtest.Hold()}, "clip failed", true},
		"refused, and stalls": {[]zreqtest.Step{early, half("413"), zreqtest.Hold()}, "clip set aside", true},
	} {
		for _, over := range []string{"verbs", "a Session"} {
			t.Run(name+" over "+over, func(t *testing.T) {
				var args spool.Args
				session := new(zreq.Session)
				if over == "a Session" {
					args.Upload.Session = session
				}
				conns := [][]zreqtest.Step{tt.steps}
				if tt.event == "clip failed" {
					conns = append(conns, []zreqtest.Step{asked, zreqtest.Send(status(201))})
				}
				leave(t, args, conns, func(b *bench, d *leaving) {
					defer session.Close()
					b.is.NoErr(b.Drain(b.t.Context()))
					b.is.Equal(b.events[0], tt.event)
					b.is.Equal(len(d.told) > 0, tt.suspect)
				})
			})
		}
	}
}

// TestBusyServerOfASession: a Session that gives up on a busy server says nothing about the link.
func TestBusyServerOfASession(t *testing.T) {
	asked, busy := zreqtest.Request(), zreqtest.Send(status(503))
	session := new(zreq.Session)
	args := spool.Args{Tries: 1, Upload: upload.Args{Method: "PUT", Session: session, Retry: zreq.Retry{Attempts: 2}}}
	leave(t, args, [][]zreqtest.Step{{asked, busy, asked, busy}}, func(b *bench, d *leaving) {
		defer session.Close()
		err := b.Drain(b.t.Context())
		b.is.True(errors.Is(err, zreq.ErrOutOfRetries) && errors.Is(err, spool.ErrPassedOver))
		b.is.Equal(len(d.told), 0)
	})
}

// tardy is a context that does not know yet that its deadline has passed.
type tardy struct {
	context.Context
	by time.Time
}

func (t tardy) Deadline() (time.Time, bool) { return t.by, true }

// TestOwnDeadline: the deadline of the caller says nothing about the link, and ends Drain. It ends
// the connection as well, and that may be before the context ends.
func TestOwnDeadline(t *testing.T) {
	leave(t, spool.Args{}, [][]zreqtest.Step{{zreqtest.Request(), zreqtest.Hold()}}, func(b *bench, d *leaving) {
		err := b.Drain(tardy{b.t.Context(), time.Now().Add(time.Second)})
		b.is.Equal(err, context.DeadlineExceeded)
		b.is.Equal(len(d.told), 0)
		b.is.Equal(len(b.events), 0) // the file has not failed
	})
}
