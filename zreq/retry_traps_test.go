package zreq_test

import (
	"context"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// sizedOnce is a body of known size that cannot be taken back.
type sizedOnce struct {
	io.Reader
	size int64
}

func (b sizedOnce) Size() int64 { return b.size }

// testRetryOfABodyThatIsGone: a body that was read and cannot be taken back ends the
// call, also if no byte of the request left: what another attempt would send is not
// the request.
func testRetryOfABodyThatIsGone(t *testing.T) {
	small := func() io.Reader { return sizedOnce{io.MultiReader(strings.NewReader("the body")), 8} }
	large := func() io.Reader { return io.MultiReader(strings.NewReader(strings.Repeat("the body", 1000))) }
	for name, tt := range map[string]struct {
		fault memnet.Faults
		body  func() io.Reader
	}{
		"sized, reset":   {memnet.Faults{ResetWriteAfter: -1}, small},
		"sized, stall":   {memnet.Faults{StallWriteAfter: -1}, small},
		"chunked, reset": {memnet.Faults{ResetWriteAfter: 1000}, large},
		"chunked, stall": {memnet.Faults{StallWriteAfter: 1000}, large},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Fault(tt.fault)}, answering(noContent))
				s := &zreq.Session{Driver: peer}
				defer s.Close()
				_, err := s.Put(context.Background(), site, &zreq.Args{Body: tt.body()})
				for _, r := range peer.Requests() {
					is.True(strings.Contains(r, "the body")) // never a part of it
				}
				is.True(err != nil)
				is.True(!zreq.SafeToRetry(err))
				is.Equal(peer.Dials(), 1) // there is nothing to send again
			})
		})
	}
}

// testRetryWithoutCredentials: where the credentials of another attempt cannot be
// made, that ends the call, and nothing goes out.
func testRetryWithoutCredentials(t *testing.T) {
	for name, first := range map[string][]zreqtest.Step{
		"refused": {zreqtest.Refuse()},
		"reset":   {zreqtest.Request(), zreqtest.Reset()},
		"a 503":   {zreqtest.Request(), zreqtest.Send(page(503, "no")), zreqtest.Close()},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				own := errors.New("no key")
				peer := zreqtest.NewPeer(t, first, []zreqtest.Step{zreqtest.Head(), zreqtest.Send(noContent)})
				s := &zreq.Session{Driver: peer}
				defer s.Close()
				asked := 0
				_, err := s.Put(context.Background(), site, &zreq.Args{
					Body: strings.NewReader("X: smuggled\r\n\r\nGET /evil HTTP/1.1\r\nHost: device.test\r\n\r\n"),
					Auth: &asker{give: func(zreq.AuthRequest) (string, error) {
						if asked++; asked > 1 {
							return "", own
						}
						return "Own 1", nil
					}},
				})
				for _, r := range peer.Requests() {
					is.True(strings.Contains(r, "\r\nAuthorization: Own 1\r\n")) // no request without its end
				}
				is.True(errors.Is(err, own))
				is.True(!errors.Is(err, zreq.ErrConnect))
				is.Equal(failure(is, err).Attempt, 2)
				is.Equal(peer.Open(), s.Stats().Open)
			})
		})
	}
}

// TestRetryBudgetHuge: a budget may be as large as can be written.
func TestRetryBudgetHuge(t *testing.T) {
	for _, size := range []int{math.MaxInt, math.MaxInt / 10, math.MaxInt/10 + 1, math.MaxInt32} {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, answering(page(503, "no"), byLength("good")))
			s := &zreq.Session{Driver: peer, RetryBudget: size}
			defer s.Close()
			resp, err := s.Get(context.Background(), site, nil)
			is.NoErr(err)
			is.Equal(resp.Status, 200)
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

// TestStaleBeforeTheFirstByte: a kept connection that takes not one byte is a dead
// one, and is told and counted as such.
func TestStaleBeforeTheFirstByte(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, answering(byLength("first")), answering(byLength("second")))
		dying := &dyingDriver{Driver: memnet.Bare(peer)}
		log := &tracer{}
		s := &zreq.Session{Driver: dying, Trace: log}
		defer s.Close()
		_, err := s.Get(context.Background(), site, nil)
		is.NoErr(err)
		dying.dead = true
		log.events = nil
		_, err = s.Post(context.Background(), site, nil)
		is.NoErr(err)
		is.Equal(peer.Dials(), 2)
		is.Equal(log.count(zreq.EventStale), 1) // it was closed, and nobody was told
		is.Equal(s.Stats().Stale, int64(1))
		is.Equal(s.Stats().Reused, int64(0)) // nothing went out over it
	})
}

// TestRetriedIsOfAttempts: Stats.Retried counts attempts that were made.
func TestRetriedIsOfAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, answering(page(503, "no")))
		s := &zreq.Session{Driver: peer, Retry: zreq.Retry{Wait: time.Hour, MaxWait: time.Hour, Time: -1}}
		defer s.Close()
		ctx, cancel := context.WithCancelCause(context.Background())
		defer time.AfterFunc(time.Millisecond, func() { cancel(errCancelled) }).Stop()
		_, err := s.Get(ctx, site, nil)
		is.True(errors.Is(err, errCancelled))
		is.Equal(len(peer.Requests()), 1)
		is.Equal(s.Stats().Retried, int64(0)) // there was none after the first
	})
}

// TestRetryOfARefusedCertificate: what a certificate is refused for is so the next
// time, too: there is one handshake, and the error is that of the call.
func TestRetryOfARefusedCertificate(t *testing.T) {
	for name, setting := range map[string]*tlsnet.Config{"unknown": {}, "other name": {ServerName: "other.test"}, "no pin": {Pins: []tlsnet.Pin{{1}}}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				l := newLab(t, true, drivers["Checker"], shake)
				s := &zreq.Session{Driver: l.net, TLS: tlsnet.New(setting)}
				defer s.Close()
				_, err := s.Get(context.Background(), l.url, nil)
				is.True(errors.Is(err, zreq.ErrConnect))
				is.Equal(failure(is, err).Phase, zreq.PhaseTLS)
				is.Equal(l.net.Dials(), 1) // it would be refused again
				is.True(!errors.Is(err, zreq.ErrOutOfRetries))
			})
		})
	}
}

// TestRetryBudgetOfAStatus: an answer that only says that the server is out of order is
// no success that would pay for retries, also where it is not asked for again.
func TestRetryBudgetOfAStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		o := newOutage(t, 1)
		is.Equal(o.left(is, 100), 1)
		for range 50 {
			resp, err := o.Post(context.Background(), site, nil)
			is.NoErr(err)
			is.Equal(resp.Status, 503)
		}
		is.Equal(o.left(is, 100), 0) // the outage is not multiplied
	})
}

// TestRetryAfterALeapSecond: an HTTP-date may have a second 60 (RFC 9110, 5.6.7).
func TestRetryAfterALeapSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		u := newUnanswered(t, busyUntil(503, "Date: Sat, 31 Dec 2016 23:59:50 GMT\r\nRetry-After: Sat, 31 Dec 2016 23:59:60 GMT\r\n"))
		waits := u.waited(is, zreq.Retry{Attempts: 2, Wait: time.Second})
		is.True(waits[0] >= 9*time.Second)
		is.True(waits[0] <= 13*time.Second)
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
