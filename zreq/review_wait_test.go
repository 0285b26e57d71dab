package zreq_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zreq-go/zreq/zreq"
)

// TestReviewNestedCallsHang: with all defaults, eight goroutines that make a call in
// a StreamCallback (a list that is streamed, each item of which is fetched) wait for
// one another for ever: of all waits of a call this one alone has no default limit.
func TestReviewNestedCallsHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &zreq.Session{Driver: echoing(t)}
		defer s.Close()
		began := time.Now()
		ctx, cancel := context.WithTimeout(context.Background(), 24*time.Hour)
		defer cancel()
		var calls, ready sync.WaitGroup
		ready.Add(8)
		for range 8 {
			calls.Go(func() {
				_, err := s.Get(ctx, "http://a.test/list", &zreq.Args{StreamCallback: func([]byte) error {
					ready.Done()
					ready.Wait()
					_, err := s.Get(ctx, "http://a.test/item", nil)
					return err
				}})
				if err != nil {
					t.Log(err)
				}
			})
		}
		calls.Wait()
		if took := time.Since(began); took > 10*time.Minute {
			t.Errorf("it took %v", took)
		}
	})
}
