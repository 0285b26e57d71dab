package zreq_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// TestRequestTimeout: a 408 is the answer, like any other, unless the server said it as
// it gave up on an idle connection (RFC 9110, 15.5.9): one that has carried a response,
// with nothing of a body sent, and that the server closes.
func TestRequestTimeout(t *testing.T) {
	slow := strings.Replace(idle408, "late", "slow", 1)
	open := strings.Replace(slow, "Connection: close\r\n", "", 1)
	for name, tt := range map[string]struct {
		answer string
		fresh  bool   // the connection has not carried a response
		body   string // "": none
		stale  bool
	}{
		"idle":                          {answer: slow, stale: true},
		"idle, of HTTP/1.0":             {answer: strings.Replace(slow, "1.1", "1.0", 1), stale: true},
		"the first request":             {answer: slow, fresh: true},
		"the first upload":              {answer: slow, fresh: true, body: numbered(1 << 20)},
		"a small body was sent":         {answer: slow, body: "hello"},
		"a part of a large body was":    {answer: slow, body: numbered(1 << 20)},
		"the server stays":              {answer: open},
		"the server stays, with a body": {answer: open, body: "hello"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				script := []zreqtest.Step{zreqtest.Head(), zreqtest.Send(tt.answer), zreqtest.Hold()}
				if !tt.fresh {
					script = append(answering(noContent), script...)
				}
				conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: zreqtest.NewPeer(t, script)})
				is.NoErr(err)
				defer conn.Close()
				args := &zreq.Args{Connection: conn}
				if !tt.fresh {
					_, err = zreq.Get(context.Background(), site, args)
					is.NoErr(err)
				}
				if tt.body != "" {
					args.Body = strings.NewReader(tt.body)
				}
				resp, err := zreq.Put(context.Background(), site, args)
				is.Equal(resp.Status, 408)
				is.Equal(errors.Is(err, zreq.ErrStale), tt.stale)
				is.Equal(err != nil, tt.stale)
				if !tt.stale {
					is.Equal(content(is, resp), "slow")
				}
			})
		})
	}
}

// TestRequestTimeoutOfASession: the answer to a body costs an attempt. That of an idle
// connection costs none, but is not made up of nothing: it is ErrStale.
func TestRequestTimeoutOfASession(t *testing.T) {
	for name, tt := range map[string]struct {
		attempts int
		body     string
		requests int // after the first
		status   int
	}{
		"a body, one attempt":  {1, "hello", 1, 408},
		"a body, two attempts": {2, "hello", 2, 408},
		"idle, one attempt":    {1, "", 2, 408},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, answering(noContent, idle408), answering(idle408), answering(idle408))
				log := new(tracer)
				s := &zreq.Session{Driver: peer, Retry: zreq.Retry{Attempts: tt.attempts}, Trace: log}
				defer s.Close()
				_, err := s.Get(context.Background(), site, nil)
				is.NoErr(err)
				args := &zreq.Args{Timeouts: zreq.Timeouts{Head: time.Second}}
				if tt.body != "" {
					args.Body = strings.NewReader(tt.body)
				}
				resp, err := s.Put(context.Background(), site, args)
				is.Equal(errors.Is(err, zreq.ErrOutOfRetries), tt.attempts > 1)
				is.Equal(resp.Status, tt.status)
				is.Equal(len(peer.Requests())-1, tt.requests)
				for _, e := range log.of(zreq.EventStale) {
					is.True(errors.Is(e.Err, zreq.ErrStale)) // the replaced one says why
				}
			})
		})
	}
}
