package tus_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/upload/tus"
	"github.com/zreq-go/zreq/zreq"
)

// linked is a driver of one link that notes what it is told of it.
type linked struct {
	*model
	told []string
}

func (l *linked) DialPath(ctx context.Context, network, address string, _ bool) (netdriver.Conn, *netdriver.Path, error) {
	c, err := l.Dial(ctx, network, address)
	return c, &netdriver.Path{Link: "cable"}, err
}

func (l *linked) Suspect(link string) {
	l.told = append(l.told, link)
}

// testLeavesALink: the driver is told that a link has stalled, so that the next request can take
// another one. It is not told of a server that refuses, or says something wrong.
func testLeavesALink(t *testing.T) {
	content := numbered(100_000)
	for name, tt := range map[string]struct {
		wrong fault
		want  []string
	}{
		"stalls":  {fault{cut: 40_000, hang: true}, []string{"cable"}},
		"is busy": {fault{status: 503}, nil},
		"no HTTP": {fault{status: 200, fields: "Content-Length: 5\r\n"}, nil}, // beside another Content-Length
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				m := newModel(t)
				m.fault = func(a *ask) fault {
					if a.Method == "PATCH" && a.of == 1 {
						return tt.wrong
					}
					return fault{}
				}
				d := &linked{model: m}
				_, err := tus.Upload(t.Context(), site, source(content), &tus.Args{Call: upload.Args{Driver: d}})
				is.NoErr(err)
				is.True(m.only(t) == content)
				is.Equal(d.told, tt.want)
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

// testOwnDeadline: the deadline of the caller says nothing about the link, and is no failed attempt.
// It ends the connection as well, and that may be before the context ends.
func testOwnDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		m := newModel(t)
		m.fault = func(a *ask) fault { return fault{hang: a.Method == "PATCH"} }
		d := &linked{model: m}
		ctx := tardy{t.Context(), time.Now().Add(time.Second)}
		_, err := tus.Upload(ctx, site, source(numbered(100_000)), &tus.Args{Call: upload.Args{Driver: d}, Retry: tus.Retry{Attempts: 1}})
		is.True(errors.Is(err, context.DeadlineExceeded))
		is.True(!errors.Is(err, zreq.ErrOutOfRetries))
		is.True(kind(is, err).Resumable)
		is.Equal(len(d.told), 0)
	})
}
