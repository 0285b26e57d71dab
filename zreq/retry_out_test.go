package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// testOutOfRetries: the error has every attempt, with its phase, its cause or status,
// and its wait, and is of the kind of the last one, too.
func testOutOfRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t,
			[]zreqtest.Step{zreqtest.Refuse()},
			[]zreqtest.Step{zreqtest.Request(), zreqtest.Send(page(503, "busy")), zreqtest.Close()},
			[]zreqtest.Step{zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nX"), zreqtest.Close()},
			[]zreqtest.Step{zreqtest.Request(), zreqtest.Send(byLength("hello")[:40]), zreqtest.Close()},
			[]zreqtest.Step{zreqtest.Request(), zreqtest.Hold()},
			[]zreqtest.Step{zreqtest.Fault(memnet.Faults{ResetWriteAfter: 10})},
		)
		s := &zreq.Session{Driver: peer, Retry: zreq.Retry{Attempts: 6}, Timeouts: zreq.Timeouts{Head: 9 * time.Second}}
		defer s.Close()
		resp, err := s.Put(context.Background(), "http://u:hush@device.test/x?token=hush#hush", &zreq.Args{Body: strings.NewReader("hello")})
		is.True(resp == nil) // the last had no answer
		is.True(errors.Is(err, zreq.ErrOutOfRetries))
		is.True(errors.Is(err, zreq.ErrConnect)) // as the last one
		is.True(errors.Is(err, memnet.ErrReset)) // and its cause
		is.True(!errors.Is(err, zreq.ErrTruncated))
		is.True(!errors.Is(err, zreq.ErrStale))
		e := failure(is, err)
		is.Equal(e.Phase, zreq.PhaseSend)
		is.Equal(e.Attempt, 6)
		is.Equal(e.Method, "PUT")
		is.Equal(e.URL, site)
		is.Equal(e.Received, int64(0))
		sent := int64(10)
		for _, r := range peer.Requests() {
			sent += int64(len(r))
		}
		is.Equal(e.Sent, sent) // of all attempts
		is.True(!e.Timeout())
		is.True(!zreq.SafeToRetry(err))
		var out *zreq.OutOfRetries
		is.True(errors.As(err, &out))
		is.Equal(len(out.Attempts), 6)
		for i, want := range []struct {
			phase  zreq.Phase
			status int
			cause  error
		}{
			{zreq.PhaseDial, 0, memnet.ErrRefused},
			{zreq.PhaseHead, 503, nil},
			{zreq.PhaseHead, 0, zreq.ErrTruncated},
			{zreq.PhaseBody, 0, zreq.ErrTruncated},
			{zreq.PhaseHead, 0, nil},
			{zreq.PhaseSend, 0, memnet.ErrReset},
		} {
			a := out.Attempts[i]
			is.Equal(a.Phase, want.phase)
			is.Equal(a.Status, want.status)
			is.Equal(a.Err == nil, a.Status != 0) // one of the two
			if want.cause != nil {
				is.True(errors.Is(a.Err, want.cause))
			}
			if a.Err != nil {
				is.Equal(failure(is, a.Err).Attempt, i+1)
			}
		}
		is.True(failure(is, out.Attempts[4].Err).Timeout())
		is.Equal(failure(is, out.Attempts[3].Err).Received, int64(2))
		is.Equal(out.Attempts[5].Wait, time.Duration(0)) // there is no other
		text := fmt.Sprintf("%v|%+v|%s", err, err, out)
		is.True(!strings.Contains(text, "hush"))
		is.Equal(err.Error(), "zreq: send: PUT http://device.test/x: out of retries: no attempt is left after 6 attempts: send: connection failed: connection reset by peer")
		is.Equal(peer.Open(), 0)
	})
}

// testOutOfRetriesTimeout: it is a timeout if the last attempt was, and of a socket
// error if that was its cause.
func testOutOfRetriesTimeout(t *testing.T) {
	for _, last := range []string{"timeout", "socket"} {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			n := memnet.New()
			n.OnDial = func(k int, _ string) (memnet.Faults, error) {
				if (k == 4) == (last == "timeout") {
					return memnet.Faults{}, tooLate{}
				}
				return memnet.Faults{}, &socketError{code: 111}
			}
			s := &zreq.Session{Driver: n}
			defer s.Close()
			_, err := s.Post(context.Background(), site, nil)
			is.True(errors.Is(err, zreq.ErrOutOfRetries))
			is.Equal(failure(is, err).Timeout(), last == "timeout")
			var se *socketError
			is.Equal(errors.As(err, &se), last == "socket")
			is.Equal(n.Dials(), 4)
			is.True(zreq.SafeToRetry(err)) // nothing ever left
			is.Equal(failure(is, err).Sent, int64(0))
		})
	}
}

// testOutOfRetriesByStatus: the last response is beside the error, read to its end,
// however it was to be taken.
func testOutOfRetriesByStatus(t *testing.T) {
	refuse := func([]byte) error { panic("called") }
	var into zreq.Response
	for name, tt := range map[string]struct {
		args     zreq.Args
		answer   string
		isStatus bool
		page     string
	}{
		"buffered":      {args: zreq.Args{}, page: "the page"},
		"callback":      {args: zreq.Args{StreamCallback: refuse}, isStatus: true, page: "the page"},
		"stream":        {args: zreq.Args{Stream: true}, page: "the page"},
		"drop head":     {args: zreq.Args{DropHead: true}, page: "the page"},
		"into":          {args: zreq.Args{Into: &into, DropHead: true}, page: "the page"},
		"chunked":       {args: zreq.Args{Stream: true}, answer: "HTTP/1.1 503 X\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nthe page\r\n0\r\n\r\n", page: "the page"},
		"a long page":   {args: zreq.Args{StreamCallback: refuse}, answer: page(503, numbered(50_000)), isStatus: true, page: numbered(8 << 10)},
		"empty":         {args: zreq.Args{Stream: true}, answer: "HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n", page: ""},
		"empty, refuse": {args: zreq.Args{StreamCallback: refuse}, answer: "HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n", isStatus: true, page: ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				if tt.answer == "" {
					tt.answer = page(503, "the page")
				}
				u := newUnanswered(t, tt.answer)
				resp, err := u.Get(context.Background(), site, &tt.args)
				is.True(errors.Is(err, zreq.ErrOutOfRetries))
				is.Equal(errors.Is(err, zreq.ErrStatus), tt.isStatus)
				is.Equal(resp.Status, 503)
				is.Equal(resp.Header("Content-Length") == "", tt.args.DropHead || name == "chunked")
				is.Equal(failure(is, err).Attempt, 4)
				_, read := resp.Traffic()
				is.Equal(failure(is, err).Read, read) // of all attempts
				is.True(failure(is, err).Received >= int64(len(tt.page)))
				is.True(strings.Contains(err.Error(), "503"))
				var out *zreq.OutOfRetries
				is.True(errors.As(err, &out))
				is.Equal(len(out.Attempts), 4)
				for _, a := range out.Attempts {
					is.Equal(a.Status, 503)
					is.True(a.Err == nil)
				}
				is.Equal(u.Stats().Open, u.Stats().Idle) // nobody has to close anything
				got, cut := resp.Content()
				is.Equal(string(got), tt.page)
				long := len(tt.answer) > 40_000
				is.Equal(errors.Is(cut, zreq.ErrTooLarge), long)
				is.Equal(cut == nil, !long)
				if !long {
					is.True(resp.Complete())
					is.Equal(u.Stats().Idle, 1) // and it is kept
				}
				is.NoErr(resp.Close())
			})
		})
	}
	t.Run("reading", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			u := newUnanswered(t, page(503, "the page"))
			resp, err := u.Get(context.Background(), site, &zreq.Args{Stream: true})
			is.True(errors.Is(err, zreq.ErrOutOfRetries))
			p, err := io.ReadAll(resp)
			is.NoErr(err)
			is.Equal(string(p), "the page")
		})
	})
}

// testOutOfRetriesWhy: it says what ran out.
func testOutOfRetriesWhy(t *testing.T) {
	for name, tt := range map[string]struct {
		retry  zreq.Retry
		budget int
		after  time.Duration // the deadline
		want   string
	}{
		"attempts": {zreq.Retry{Attempts: 2}, 9, time.Hour, "no attempt is left"},
		"time":     {zreq.Retry{Time: 1, Wait: time.Hour, MaxWait: time.Hour}, 9, 9999 * time.Hour, "no time is left"},
		"budget":   {zreq.Retry{}, 1, time.Hour, "the retry budget of the Session is empty"},
		"context":  {zreq.Retry{Wait: time.Hour, MaxWait: time.Hour, Time: -1}, 9, 1, "the context would end before the next"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				u := newUnanswered(t, page(503, "busy"))
				u.RetryBudget = tt.budget
				ctx, cancel := context.WithTimeout(context.Background(), tt.after)
				defer cancel()
				_, err := u.Get(ctx, site, &zreq.Args{Retry: tt.retry})
				var out *zreq.OutOfRetries
				is.True(errors.As(err, &out))
				is.Equal(out.Why, tt.want)
				is.True(strings.Contains(err.Error(), tt.want))
			})
		})
	}
}

// TestOutOfRetriesAndOnHead: OnHead is asked once, about the last answer, and what it
// says is the cause.
func TestOutOfRetriesAndOnHead(t *testing.T) {
	own := errors.New("mine")
	for _, says := range []error{own, zreq.ErrStop} {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			u := newUnanswered(t, page(503, "busy"))
			heads := 0
			resp, err := u.Get(context.Background(), site, &zreq.Args{OnHead: func(*zreq.Response) error { heads++; return says }})
			is.Equal(heads, 1) // the last one's
			is.Equal(resp.Status, 503)
			is.Equal(errors.Is(err, own), says == own)
			is.Equal(resp.CloseReason(), zreq.CloseStopped)
			is.Equal(u.net.Open(), 0)
		})
	}
}

// TestOutOfRetriesPageUntilClose: the page beside the error is whole as far as anybody
// can tell, so that Content has no error of its own, as without a Session.
func TestOutOfRetriesPageUntilClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		script := []zreqtest.Step{zreqtest.Request(), zreqtest.Send("HTTP/1.1 503 X\r\n\r\nthe page"), zreqtest.Close()}
		peer := zreqtest.NewPeer(t, script, script, script)
		alone, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer})
		is.NoErr(err)
		p, err := alone.Content()
		is.NoErr(err)
		is.Equal(string(p), "the page")
		s := &zreq.Session{Driver: peer, Retry: zreq.Retry{Attempts: 2}}
		defer s.Close()
		resp, err := s.Get(context.Background(), site, nil)
		is.True(errors.Is(err, zreq.ErrOutOfRetries))
		p, err = resp.Content()
		is.Equal(string(p), "the page")
		is.NoErr(err) // the page is as good as without a Session
	})
}

// TestOutOfRetriesLongPage: a page that is cut says which limit did that.
func TestOutOfRetriesLongPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		u := newUnanswered(t, page(503, numbered(5000)))
		resp, err := u.Get(context.Background(), site, &zreq.Args{Limits: zreq.Limits{Content: 100}})
		is.True(errors.Is(err, zreq.ErrOutOfRetries))
		p, err := resp.Content()
		is.Equal(string(p), numbered(100))
		is.True(errors.Is(err, zreq.ErrTooLarge))
	})
}

// TestOutOfRetriesAndErrStop: ErrStop ends a call without an error, also one that has
// no attempt left.
func TestOutOfRetriesAndErrStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		u := newUnanswered(t, page(503, "busy"))
		resp, err := u.Get(context.Background(), site, &zreq.Args{OnHead: func(*zreq.Response) error { return zreq.ErrStop }})
		is.Equal(resp.Status, 503)
		is.NoErr(err)
	})
}
