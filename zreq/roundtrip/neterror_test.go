package roundtrip_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/roundtrip"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// refusing is a driver whose dial fails in the way of package net.
type refusing struct{ err error }

func (r refusing) Dial(context.Context, string, string) (netdriver.Conn, error) {
	return nil, &net.OpError{Op: "dial", Net: "tcp", Err: r.err}
}

// TestErrorOfTheNetworkIsItself: programs look at the Err of a *net.OpError by type
// assertion, and zreq.Transient knows the error without its facts, which EventDone has.
func TestErrorOfTheNetworkIsItself(t *testing.T) {
	for name, inner := range map[string]error{
		"refused":       os.NewSyscallError("connect", syscall.ECONNREFUSED),
		"not permitted": os.NewSyscallError("connect", syscall.EACCES),
		"no such name":  &net.DNSError{Err: "no such host", Name: "device.test", IsNotFound: true},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			client, session := zreqClient(t)
			session.Driver = refusing{inner}
			var facts *zreq.Error
			session.Trace = traceFunc(func(e zreq.Event) {
				if e.Kind == zreq.EventDone {
					errors.As(e.Err, &facts)
				}
			})
			_, err := client.Get("http://device.test/")
			op, ok := errors.Unwrap(err).(*net.OpError)
			is.True(ok)
			is.Equal(op.Err, inner) // neither wrapped nor another type
			is.Equal(os.IsPermission(op.Err), name == "not permitted")
			is.Equal(facts.Phase, zreq.PhaseDial)
			is.True(errors.Is(facts, zreq.ErrConnect))
			is.True(zreq.Transient(err)) // as for the facts
			is.True(zreq.Transient(facts))
			_, err = client.Transport.RoundTrip(make1(http.MethodGet, "http://device.test/", nil))
			is.Equal(err, error(op)) // without the Client, too
			is.True(zreq.Transient(err))
		})
	}
}

// TestErrorOfRetries: it is of the kind ErrOutOfRetries, and the error of the last attempt
// is inside; with one attempt it is as without Retry.
func TestErrorOfRetries(t *testing.T) {
	is := is.New(t)
	client, session := retrying(t, zreq.Retry{Attempts: 2, Wait: time.Nanosecond})
	session.Driver = refusing{os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	_, err := client.Get("http://device.test/")
	is.True(errors.Is(err, zreq.ErrOutOfRetries))
	is.True(errors.As(err, new(*net.OpError)))
	is.True(zreq.Transient(err))
	_, ok := errors.Unwrap(err).(*net.OpError)
	is.True(!ok) // as the package comment says
	session.Retry.Attempts = 1
	_, err = client.Get("http://device.test/")
	_, ok = errors.Unwrap(err).(*net.OpError)
	is.True(ok)
}

// netBody is a body that is read from a connection, which fails.
type netBody struct{}

func (netBody) Read([]byte) (int, error) {
	return 0, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
}

// TestBodyFromTheNet: an error of the body's own connection is none of the call's.
func TestBodyFromTheNet(t *testing.T) {
	is := is.New(t)
	r := make1("POST", startPeer(t, ok).url, netBody{})
	r.ContentLength = 9
	client, _ := zreqClient(t)
	_, err := client.Transport.RoundTrip(r)
	is.True(errors.Is(err, zreq.ErrBody))
	is.True(errors.Is(err, syscall.ECONNRESET))
}

// TestTransient: zreq.Transient tells of the errors of an http.Client what it tells of
// those of a verb, also where they are bare.
func TestTransient(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
	for name, tt := range map[string]struct {
		steps  []zreqtest.Step
		cancel bool
		want   bool
	}{
		"refused":           {steps: []zreqtest.Step{zreqtest.Refuse()}, want: true},
		"closed":            {steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Close()}, want: true},
		"reset":             {steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Reset()}, want: true},
		"cut":               {steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Send(head + "x"), zreqtest.Close()}, want: true},
		"late":              {steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Hold()}, want: true},
		"late in the body":  {steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Send(head + "x"), zreqtest.Hold()}, want: true},
		"cancelled":         {steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Hold()}, cancel: true},
		"cancelled in body": {steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Send(head + "x"), zreqtest.Hold()}, cancel: true},
		"no HTTP":           {steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Send("SSH-2.0-x\r\n")}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				s := &zreq.Session{Driver: zreqtest.NewPeer(t, tt.steps)}
				defer s.Close()
				ctx, cancel := context.WithTimeout(context.Background(), time.Second)
				defer cancel()
				if tt.cancel {
					time.AfterFunc(time.Second/2, cancel)
				}
				req, err := http.NewRequestWithContext(ctx, "GET", "http://device.test/", nil)
				is.NoErr(err)
				client := &http.Client{Transport: &roundtrip.Transport{Session: s}}
				resp, err := client.Do(req)
				if err == nil {
					_, err = io.ReadAll(resp.Body)
				}
				is.True(err != nil)
				is.Equal(zreq.Transient(err), tt.want)
				is.Equal(errors.Is(err, io.EOF), name == "closed") // a reset is no end
			})
		})
	}
}
