package gzip_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// packed is a response whose body is coded with gzip.
func packed(status int, body string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(body))
	_ = w.Close()
	return fmt.Sprintf("HTTP/1.1 %d X\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", status, b.Len(), b.String())
}

// ended notes how calls end.
type ended struct{ errs []error }

func (d *ended) Trace(e zreq.Event) {
	if e.Kind == zreq.EventDone {
		d.errs = append(d.errs, e.Err)
	}
}

// TestTraceDoneOfACodedPage: the last event has the error that the call returned, also
// where the body was coded.
func TestTraceDoneOfACodedPage(t *testing.T) {
	for name, args := range map[string]zreq.Args{
		"fine":           {Retry: zreq.Retry{Attempts: -1}},
		"out of retries": {Retry: zreq.Retry{Attempts: 2}},
		"refused":        {Retry: zreq.Retry{Attempts: -1}, StreamCallback: func([]byte) error { return nil }},
		"both":           {Retry: zreq.Retry{Attempts: 2}, StreamCallback: func([]byte) error { return nil }},
		"stream":         {Retry: zreq.Retry{Attempts: 2}, Stream: true},
		"drop head":      {Retry: zreq.Retry{Attempts: 2}, DropHead: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				script := []zreqtest.Step{zreqtest.Request(), zreqtest.Send(packed(503, "the page")), zreqtest.Request(), zreqtest.Send(packed(503, "the page"))}
				log := &ended{}
				s := &zreq.Session{Driver: zreqtest.NewPeer(t, script), Trace: log}
				defer s.Close()
				resp, err := s.Get(context.Background(), "http://device.test/", &args)
				is.Equal(err != nil, name != "fine")
				is.Equal(errors.Is(err, zreq.ErrOutOfRetries), name != "refused" && name != "fine")
				p, cut := resp.Content()
				is.NoErr(cut)
				is.Equal(string(p) == "the page", args.StreamCallback == nil) // which asks for no coding, and undoes none
				is.Equal(resp.Header("Content-Encoding") == "", name == "drop head")
				is.Equal(s.Stats().Idle, 1)
				is.Equal(len(log.errs), 1)  // once
				is.True(log.errs[0] == err) // the same value
			})
		})
	}
}

// TestRetryOfATruncatedCoding: nobody was shown anything of an answer that was being
// buffered, so that there is another attempt, as if it were not coded.
func TestRetryOfATruncatedCoding(t *testing.T) {
	for name, args := range map[string]zreq.Args{
		"buffered": {},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				whole := packed(200, "the body")
				peer := zreqtest.NewPeer(t,
					[]zreqtest.Step{zreqtest.Request(), zreqtest.Send(whole[:len(whole)-10]), zreqtest.Close()},
					[]zreqtest.Step{zreqtest.Request(), zreqtest.Send(whole)})
				s := &zreq.Session{Driver: peer}
				defer s.Close()
				resp, err := s.Get(context.Background(), "http://device.test/", &args)
				is.NoErr(err)
				p, _ := resp.Content()
				is.Equal(string(p), "the body")
				is.Equal(peer.Dials(), 2)
			})
		})
	}
}

// TestLimitOfBodyAfterACodedAttempt: Limits.Body holds for each attempt, also behind one
// whose body was coded.
func TestLimitOfBodyAfterACodedAttempt(t *testing.T) {
	is := is.New(t)
	cut := packed(200, "the beginning of a body")
	plain := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n%s", bytes.Repeat([]byte("x"), 5000))
	peer := zreqtest.NewPeer(t,
		[]zreqtest.Step{zreqtest.Request(), zreqtest.Send(cut[:len(cut)-10]), zreqtest.Close()},
		[]zreqtest.Step{zreqtest.Request(), zreqtest.Send(plain)})
	s := &zreq.Session{Driver: peer, Retry: zreq.Retry{Wait: -1}}
	defer s.Close()
	_, err := s.Get(context.Background(), "http://device.test/", &zreq.Args{Limits: zreq.Limits{Body: 100}})
	is.True(errors.Is(err, zreq.ErrTooLarge))
	is.Equal(peer.Dials(), 2) // there were two attempts
}
