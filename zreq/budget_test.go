package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// outage is a Session whose server is out of order at /x, and fine elsewhere.
type outage struct {
	zreq.Session
	seen atomic.Int64 // requests for /x
}

func newOutage(t *testing.T, budget int) *outage {
	o, n := new(outage), memnet.New()
	serveEach(t, n, nil, func(path string) string {
		if path != "/x" {
			return byLength("fine")
		}
		o.seen.Add(1)
		return page(503, "out of order")
	})
	o.Driver, o.RetryBudget = n, budget
	o.Session.Retry = zreq.Retry{Wait: -1}
	t.Cleanup(func() { _ = o.Close() })
	return o
}

// left is how many retries a call gets that would make so many.
func (o *outage) left(is *is.I, most int) int {
	is.Helper()
	before := o.seen.Load()
	_, err := o.Get(context.Background(), site, &zreq.Args{Retry: zreq.Retry{Attempts: most + 1}})
	is.True(errors.Is(err, zreq.ErrOutOfRetries))
	made := int(o.seen.Load()-before) - 1
	var out *zreq.OutOfRetries
	is.True(errors.As(err, &out))
	is.Equal(strings.Contains(out.Why, "budget"), made < most) // it says which ran out
	is.Equal(len(out.Attempts), made+1)
	return made
}

// succeed makes calls that succeed.
func (o *outage) succeed(is *is.I, n int) {
	is.Helper()
	for range n {
		_, err := o.Get(context.Background(), "http://device.test/fine", nil)
		is.NoErr(err)
	}
}

// testRetryBudget: each retry takes one out of the budget, a success puts back a tenth
// and a minute a whole one, up to its size.
func testRetryBudget(t *testing.T) {
	for size, want := range map[int]int{0: 32, 1: 1, 3: 3, 25: 25} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				o := newOutage(t, size)
				is.Equal(o.left(is, 100), want)
				is.Equal(o.left(is, 100), 0) // at once
				o.succeed(is, 9)
				is.Equal(o.left(is, 100), 0)
				o.succeed(is, 1)
				is.Equal(o.left(is, 100), 1) // ten tenths
				time.Sleep(time.Minute - 1)
				is.Equal(o.left(is, 100), 0)
				time.Sleep(time.Nanosecond)
				is.Equal(o.left(is, 100), 1) // a minute
				o.succeed(is, 5)
				time.Sleep(30 * time.Second)
				is.Equal(o.left(is, 100), 1) // half and half
				time.Sleep(1000 * time.Hour)
				o.succeed(is, 50)
				is.Equal(o.left(is, 100), want) // no more than its size
			})
		})
	}
}

// TestRetryBudgetParts: time that was looked at in parts is not lost.
func TestRetryBudgetParts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		o := newOutage(t, 2)
		is.Equal(o.left(is, 100), 2)
		made := 0
		for range 600 {
			time.Sleep(time.Second)
			made += o.left(is, 100)
		}
		is.Equal(made, 10) // in ten minutes
	})
}

// TestRetryBudgetNone: a negative one allows none, and the failure is that of the
// call.
func TestRetryBudgetNone(t *testing.T) {
	for _, size := range []int{-1, -1 << 31} {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			o := newOutage(t, size)
			resp, err := o.Get(context.Background(), site, nil)
			is.NoErr(err) // as by the verbs of the package
			is.Equal(resp.Status, 503)
			is.Equal(o.seen.Load(), int64(1))
		})
	}
}

// TestRetryBudgetOfFailures: what failed puts nothing back.
func TestRetryBudgetOfFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		o := newOutage(t, 1)
		is.Equal(o.left(is, 100), 1)
		for range 50 {
			_, err := o.Get(context.Background(), "http://u\n/", nil)
			is.True(errors.Is(err, zreq.ErrRequest))
		}
		is.Equal(o.left(is, 100), 0)
	})
}

// testRetryBudgetOfManyCalls: an outage that many calls run into costs the server as
// many requests as there are calls, and the budget once.
func testRetryBudgetOfManyCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		o := newOutage(t, 7)
		o.Session.Retry = zreq.Retry{Wait: time.Second}
		var calls sync.WaitGroup
		var out atomic.Int64
		for range 50 {
			calls.Go(func() {
				_, err := o.Get(context.Background(), site, nil)
				if errors.Is(err, zreq.ErrOutOfRetries) {
					out.Add(1)
				}
			})
		}
		calls.Wait()
		is.Equal(out.Load(), int64(50))
		is.Equal(o.seen.Load(), int64(50+7))
		is.Equal(o.Stats().Retried, int64(7))
	})
}

// TestRetryBudgetSaysWhenThereIsOne: a call that fails at the first attempt because
// earlier ones have used up the budget says so, and when there is a retry again.
func TestRetryBudgetSaysWhenThereIsOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		o := newOutage(t, 3)
		is.Equal(o.left(is, 100), 3)
		for _, tt := range []struct {
			sleep time.Duration
			want  time.Duration
			says  string
		}{
			{0, time.Minute, "again in 1m0s, after 1 attempt: head: status 503"},
			{time.Second / 4, time.Minute - time.Second/4, "again in 1m0s, after"},
			{50 * time.Second, 10*time.Second - time.Second/4, "again in 10s, after"},
		} {
			time.Sleep(tt.sleep)
			_, err := o.Get(context.Background(), site, nil)
			var out *zreq.OutOfRetries
			is.True(errors.As(err, &out))
			is.Equal(out.Again, tt.want)
			is.True(strings.Contains(err.Error(), "out of retries: the retry budget of the Session is empty, and has a retry "+tt.says))
		}
		o.succeed(is, 1) // which puts back a tenth, as six seconds do
		_, err := o.Get(context.Background(), site, nil)
		var out *zreq.OutOfRetries
		is.True(errors.As(err, &out))
		is.Equal(out.Again, 4*time.Second-time.Second/4)
		time.Sleep(out.Again)
		is.Equal(o.left(is, 100), 1) // it was no lie
	})
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
