package zreq_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
)

func TestCancelAtEveryOperation(t *testing.T) {
	for name, s := range situations {
		for _, noticed := range []bool{false, true} {
			for _, after := range []bool{false, true} {
				if s.secure && noticed {
					continue // it holds a lock over some operations, on which the cancel waits
				}
				moment := map[bool]string{false: "before", true: "after"}[after]
				if noticed {
					moment += ", and the cancel is through"
				}
				t.Run(name+"/"+moment, func(t *testing.T) {
					for k, reached := 1, true; reached; k++ {
						synctest.Test(t, func(t *testing.T) { reached = cancelAt(t, s, k, after, noticed) })
						if t.Failed() {
							t.Fatalf("operation %d", k)
						}
					}
				})
			}
		}
	}
}

// cancelAt cancels a call at its k-th operation and reports whether it has so many.
func cancelAt(t *testing.T, s situation, k int, after, noticed bool) (reached bool) {
	s.slow = true
	d := disturb(t, s, memnet.New())
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	ops := 0
	trip := func(string) error {
		if ops++; ops == k {
			reached = true
			d.ended = time.Now()
			cancel(errCancelled)
			if noticed {
				synctest.Wait()
			}
		}
		return nil
	}
	if after {
		d.wire.after = trip
	} else {
		d.wire.before = trip
	}
	resp, err := d.get(ctx, "/first")
	d.wire.disarm()
	is := is.New(t)
	if !reached {
		is.NoErr(err) // an undisturbed call succeeds
	} else {
		d.endedByCause(t, err, errCancelled)
		is.True(err != nil || resp.CloseReason() != zreq.CloseNone) // a connection that a cancel was under way to is not kept
	}
	if !s.kept {
		is.Equal(d.net.Open(), 0) // a failed call closes what it dialled
		return reached
	}
	d.mustGet(t, "/second")
	_ = d.args.Connection.Close()
	is.Equal(d.net.Open(), 0) // no socket is forgotten
	return reached
}

func TestCancelBeforeTheCall(t *testing.T) {
	for name, s := range situations {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			d := disturb(t, s, memnet.New())
			ctx, cancel := context.WithCancelCause(context.Background())
			d.ended = time.Now()
			cancel(errCancelled)
			dials, ops := d.net.Dials(), 0
			d.wire.before = func(string) error { ops++; return nil }
			_, err := d.get(ctx, "/first")
			d.endedByCause(t, err, errCancelled)
			is.Equal(ops, 0)                   // nothing is done for a context that has ended
			is.Equal(d.net.Dials(), dials)     // nor dialled
			is.True(!zreq.SafeToRetry(err))    // trying again is not for zreq to say
			is.Equal(sentBy(err), int64(0))    // nothing was sent
			d.mustGet(t, "/second")            // and a kept connection is as it was
			is.True(!s.kept || d.dials() == 1) // the same one
		})
	}
}

func sentBy(err error) int64 {
	var e *zreq.Error
	if errors.As(err, &e) {
		return e.Sent
	}
	return -1
}

func (d *disturbed) dials() int { return d.args.Connection.Dials() }

func TestCancelInEachChunk(t *testing.T) {
	for name, s := range situations {
		t.Run(name, func(t *testing.T) {
			for k := 1; k <= 10; k++ {
				synctest.Test(t, func(t *testing.T) { cancelInChunk(t, s, k) })
			}
		})
	}
}

func cancelInChunk(t *testing.T, s situation, k int) {
	is := is.New(t)
	d := disturb(t, s, memnet.New())
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	calls, take := 0, d.args.StreamCallback
	d.args.StreamCallback = func(chunk []byte) error {
		if calls++; calls == k {
			cancel(errCancelled)
		}
		return take(chunk)
	}
	_, err := d.get(ctx, "/first")
	is.True(errors.Is(err, errCancelled)) // a cancel in a chunk is never lost
	is.Equal(calls, k)                    // and the callback not called after it
	d.args.StreamCallback = take
	if s.kept {
		d.mustGet(t, "/second")
	}
}

func TestCancelInOnHead(t *testing.T) {
	is := is.New(t)
	d := disturb(t, situations["kept connection"], memnet.New())
	ctx, cancel := context.WithCancelCause(context.Background())
	d.args.OnHead = func(*zreq.Response) error {
		cancel(errCancelled)
		return nil
	}
	_, err := d.get(ctx, "/first")
	is.True(errors.Is(err, errCancelled)) // the callback gets nothing of a cancelled call
	is.Equal(len(d.got), 0)               // not even what had come
	d.args.OnHead = nil
	d.mustGet(t, "/second")
}

func testCancelWhileThePeerIsSilent(t *testing.T) {
	for name, s := range silences {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				peer, url, args := silent(t, name)
				ctx, cancel := context.WithCancelCause(context.Background())
				began := time.Now()
				time.AfterFunc(5*time.Second, func() { cancel(errCancelled) })
				_, err := zreq.Get(ctx, url, args)
				waited := time.Since(began)
				is.True(waited >= 5*time.Second)          // a call waits for a peer that is slow
				is.True(waited <= 5*time.Second+promptly) // and no longer than it is wanted
				is.True(errors.Is(err, errCancelled))     // with the context's cause
				is.Equal(phaseOf(err), s.phase)           // and the phase it was in
				is.Equal(peer.Open(), 0)                  // nothing stays open
			})
		})
	}
}

func testDeadlineWhileThePeerIsSilent(t *testing.T) {
	for name, s := range silences {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				peer, url, args := silent(t, name)
				ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
				defer cancel()
				began := time.Now()
				_, err := zreq.Get(ctx, url, args)
				waited := time.Since(began)
				is.True(waited >= 5*time.Second)                  // a deadline is not early
				is.True(waited <= 5*time.Second+promptly)         // nor late
				is.True(errors.Is(err, context.DeadlineExceeded)) // it is the reason
				is.True(saysTimeout(err))                         // and a timeout
				is.Equal(phaseOf(err), s.phase)                   // in the phase it was in
				is.Equal(peer.Open(), 0)                          // nothing stays open
			})
		})
	}
}

func testDeadlineWithACauseIsATimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		_, url, args := silent(t, "head")
		ctx, cancel := context.WithTimeoutCause(context.Background(), time.Second, errCancelled)
		defer cancel()
		_, err := zreq.Get(ctx, url, args)
		is.True(errors.Is(err, errCancelled)) // the cause is what the program gave
		is.True(saysTimeout(err))             // but a deadline is a deadline
	})
}

func phaseOf(err error) zreq.Phase {
	var e *zreq.Error
	if errors.As(err, &e) {
		return e.Phase
	}
	return 99
}

func saysTimeout(err error) bool {
	var e *zreq.Error
	return errors.As(err, &e) && e.Timeout()
}

func TestCancelJustAfterTheContextWasAsked(t *testing.T) {
	for name, s := range situations {
		t.Run(name, func(t *testing.T) {
			for k, reached := 1, true; reached; k++ {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					s.slow = true
					d := disturb(t, s, memnet.New())
					ctx := newLapsing(k)
					resp, err := d.get(ctx, "/first")
					ctx.mu.Lock()
					reached, d.ended = ctx.asked >= k, ctx.when
					ctx.mu.Unlock()
					if err == nil && reached {
						is.Equal(resp.CloseReason(), zreq.CloseCancelled) // a cancel that may still be under way condemns
					}
					if reached {
						d.endedByCause(t, err, context.Canceled)
					}
					if s.kept {
						d.mustGet(t, "/second")
						synctest.Wait()
						d.mustGet(t, "/third") // however late the cancel comes
					}
				})
			}
		})
	}
}

// The cancel comes from the server's side, right after the last byte of the
// answer: it is as likely to hit the call as to miss it.
func TestCancelAsTheResponseEnds(t *testing.T) {
	rounds := 3000
	if testing.Short() {
		rounds = 300
	}
	is := is.New(t)
	n := memnet.New()
	var mu sync.Mutex
	var cancelNow context.CancelCauseFunc
	wait := 0
	serveEach(t, n, func(c *memnet.Conn) io.ReadWriteCloser {
		return afterWrite{c, func() {
			mu.Lock()
			cancel := cancelNow
			yields := wait % 8
			wait++
			mu.Unlock()
			for range yields {
				runtime.Gosched()
			}
			if cancel != nil {
				cancel(errCancelled)
			}
		}}
	}, func(path string) string { return withLength(bodyOf(path, 200)) })
	var got bytes.Buffer
	args := &zreq.Args{Driver: n, StreamChunk: 64, StreamCallback: func(p []byte) error { got.Write(p); return nil }}
	conn, err := zreq.Connect(context.Background(), "http://device.test", args)
	is.NoErr(err) // somebody listens
	defer conn.Close()
	args.Connection = conn
	hits, late := 0, 0
	for i := range rounds {
		ctx, cancel := context.WithCancelCause(context.Background())
		mu.Lock()
		cancelNow = cancel
		mu.Unlock()
		got.Reset()
		path := "/" + strconv.Itoa(i)
		resp, err := zreq.Get(ctx, "http://device.test"+path, args)
		if err != nil {
			hits++
			is.True(errors.Is(err, errCancelled)) // there is no other reason to fail
		} else if resp.CloseReason() == zreq.CloseCancelled {
			late++
		}
		mu.Lock()
		cancelNow = nil
		mu.Unlock()
		got.Reset()
		path += "/next"
		resp, err = zreq.Get(context.Background(), "http://device.test"+path, args)
		is.NoErr(err)                                // a late cancel never hits the next call
		is.Equal(got.String(), bodyOf(path, 200))    // which gets its own answer
		is.Equal(resp.CloseReason(), zreq.CloseNone) // and keeps the connection
		cancel(nil)
	}
	t.Logf("of %d cancels %d ended the call, %d came as it had ended", rounds, hits, late)
}

// afterWrite does something after each write.
type afterWrite struct {
	*memnet.Conn
	do func()
}

func (c afterWrite) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.do()
	return n, err
}
