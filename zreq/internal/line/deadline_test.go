package line_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/internal/line"
)

// TestDeadlineIsLazy: a limit is never over early, and at most an eighth late, wherever in
// the life of a deadline the peer falls silent; and a call in a loop rarely sets one.
func TestDeadlineIsLazy(t *testing.T) {
	for _, limit := range []time.Duration{9 * time.Millisecond, time.Second, 30 * time.Second} {
		for _, part := range []time.Duration{1000, 97, 8, 3, 1} { // of the limit, each read takes
			for before := range 12 { // so many reads go well
				inBubble(t, bare, func(t *testing.T, c *fakeConn, s *line.Socket) {
					is := is.New(t)
					ctx, p := context.Background(), make([]byte, 10)
					c.gives(1, limit/part-1)
					for range before {
						is.NoErr(s.Within(ctx, limit, "Body"))
						n, err := s.Read(ctx, p, nil)
						is.NoErr(err) // it is never early
						is.Equal(n, 1)
					}
					c.gives(1, 100*time.Hour)
					began := time.Now()
					is.NoErr(s.Within(ctx, limit, "Body"))
					n, err := s.Read(ctx, p, nil)
					is.Equal(n, 0)
					is.Equal(late(err), "Body "+limit.String())
					is.True(errors.Is(err, os.ErrDeadlineExceeded)) // what the driver said is in it
					took := time.Since(began)
					is.True(took >= limit && took <= limit+limit/8)
				})
			}
		}
	}
	inBubble(t, bare, func(t *testing.T, c *fakeConn, s *line.Socket) {
		is := is.New(t)
		c.gives(1, time.Millisecond)
		for range 1000 {
			is.NoErr(s.Within(context.Background(), time.Second, "Body"))
			_, err := s.Read(context.Background(), make([]byte, 1), nil)
			is.NoErr(err)
		}
		is.True(c.deadlines() <= 10) // of a second, in a second
	})
}

// TestDeadlineFollowsTheLimit: another limit moves it, in either direction, and none takes
// it away, once.
func TestDeadlineFollowsTheLimit(t *testing.T) {
	inBubble(t, bare, func(t *testing.T, c *fakeConn, s *line.Socket) {
		is := is.New(t)
		ctx := context.Background()
		for _, tt := range []struct {
			limit time.Duration
			sets  int
		}{
			{0, 0}, {-1, 0}, // a connection begins without one
			{time.Second, 1}, {time.Second, 0}, {time.Minute, 1}, {time.Second, 1}, {0, 1}, {0, 0}, {-1, 0}, {time.Second, 1},
		} {
			is.NoErr(s.Within(ctx, tt.limit, "Head"))
			c.mu.Lock()
			by := c.by
			c.mu.Unlock()
			is.Equal(c.deadlines(), tt.sets)
			is.Equal(by.IsZero(), tt.limit <= 0)
			if left := time.Until(by); tt.limit > 0 && (left < tt.limit || left > tt.limit+tt.limit/8) {
				t.Errorf("of %v there are %v", tt.limit, left)
			}
		}
		is.NoErr(s.Within(ctx, 0, "Head"))
		c.gives(1, 24*time.Hour)
		_, err := s.Read(ctx, make([]byte, 1), nil)
		is.NoErr(err) // no limit is none

		c.gives(1, 24*time.Hour)
		began := time.Now()
		is.NoErr(s.WaitWithin(ctx, 80*time.Millisecond, time.Minute, "Write"))
		_, err = s.Read(ctx, make([]byte, 1), nil)
		is.Equal(late(err), "Write 1m0s") // the error names the limit, and not what was left of it
		is.True(time.Since(began) <= 90*time.Millisecond)

		c.setErr = errors.New("no deadlines here")
		is.Equal(s.Within(ctx, time.Hour, "Head"), c.setErr)
		is.Equal(s.Within(ctx, 0, "Head"), c.setErr)
	})
}

// TestCancel: the end of the context ends a read or a write that is blocked, at once, and
// is no limit that is over.
func TestCancel(t *testing.T) {
	for name, do := range map[string]func(ctx context.Context, s *line.Socket) (int, error){
		"Read": func(ctx context.Context, s *line.Socket) (int, error) { return s.Read(ctx, make([]byte, 1), nil) },
		"Read, a body": func(ctx context.Context, s *line.Socket) (int, error) {
			return s.Read(ctx, make([]byte, 1), within(&line.Meter{Rate: line.Rate{Bytes: 1, In: time.Minute}}, time.Hour))
		},
		"Write": func(ctx context.Context, s *line.Socket) (int, error) {
			return s.Write(ctx, make([]byte, 1), &line.Meter{Body: time.Hour, Write: time.Hour})
		},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, bare, func(t *testing.T, c *fakeConn, s *line.Socket) {
				is := is.New(t)
				c.write = func([]byte) (int, error) { return 0, c.pause(time.Hour) }
				ctx, cancel := context.WithCancel(context.Background())
				stop := s.Watch(ctx)
				is.NoErr(s.Within(ctx, time.Hour, "Head"))
				time.AfterFunc(time.Second, cancel)
				began := time.Now()
				n, err := do(ctx, s)
				is.Equal(n, 0)
				is.True(err != nil)
				is.Equal(late(err), "")
				is.Equal(time.Since(began), time.Second)
				is.True(!stop()) // it has ended before

				n, err = do(ctx, s)
				is.Equal(n, 0)
				is.True(errors.Is(err, context.Canceled)) // and nothing begins any more
			})
		})
	}
	is := is.New(t)
	_, s := adopt(t, newConn(), route(nil, nil))
	is.True(s.Watch(context.Background()) == nil) // a context without an end costs nothing
	ctx, cancel := context.WithCancel(context.Background())
	is.True(s.Watch(ctx)()) // and one that goes on is not watched any more
	cancel()
}

// TestCancelBesideADeadline: a cancel that comes just before a deadline is set is undone by
// it on the connection. It is seen all the same, before anything blocks.
func TestCancelBesideADeadline(t *testing.T) {
	for name, begin := range map[string]func(ctx context.Context, s *line.Socket) error{
		"Within":   func(ctx context.Context, s *line.Socket) error { return s.Within(ctx, time.Hour, "Head") },
		"no limit": func(ctx context.Context, s *line.Socket) error { return s.Within(ctx, 0, "Head") },
		"BeginWrite": func(ctx context.Context, s *line.Socket) error {
			return s.BeginWrite(ctx, &line.Meter{Body: time.Hour, Write: time.Hour})
		},
		"BeginRead": func(ctx context.Context, s *line.Socket) error {
			return s.BeginRead(ctx, within(&line.Meter{Rate: line.Rate{Bytes: 1, In: time.Hour}}, time.Hour))
		},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, bare, func(t *testing.T, c *fakeConn, s *line.Socket) {
				is := is.New(t)
				is.NoErr(s.Within(context.Background(), time.Minute, "Dial"))
				ctx, cancel := context.WithCancel(context.Background())
				stop := s.Watch(ctx)
				c.onSet = func(by time.Time) {
					c.onSet = func(time.Time) {}
					cancel()
					synctest.Wait() // what watches the context has set its own deadline
				}
				is.True(errors.Is(begin(ctx, s), context.Canceled))
				is.True(!stop())
			})
		})
	}
}

// netTimeout is a timeout that the network has of its own, as ETIMEDOUT.
type netTimeout struct{}

func (netTimeout) Error() string { return "the network gave up" }
func (netTimeout) Timeout() bool { return true }

// TestTimeoutsOfTheNetwork are not taken for a limit that is over.
func TestTimeoutsOfTheNetwork(t *testing.T) {
	inBubble(t, bare, func(t *testing.T, c *fakeConn, s *line.Socket) {
		is := is.New(t)
		c.read = func([]byte) (int, error) { return 0, netTimeout{} }
		for _, limit := range []time.Duration{0, time.Second} {
			is.NoErr(s.Within(context.Background(), limit, "Head"))
			_, err := s.Read(context.Background(), make([]byte, 1), nil)
			is.Equal(err, error(netTimeout{}))
		}
		time.Sleep(time.Second + time.Second/9 - 2*line.LookWait)
		_, err := s.Read(context.Background(), make([]byte, 1), nil)
		is.Equal(late(err), "")
		time.Sleep(line.LookWait) // some clocks know only milliseconds
		_, err = s.Read(context.Background(), make([]byte, 1), nil)
		is.Equal(late(err), "Head 1s")
		is.Equal(err.Error(), "timeout: Timeouts.Head of 1s is over: the network gave up")
	})
}

// TestClock: a deadline of a context counts as over when it is, though the context does not
// know yet.
func TestClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		is.True(!line.Overdue(context.Background()))
		began := line.Now()
		ctx, cancel := context.WithDeadline(context.Background(), began.Add(time.Second))
		defer cancel()
		is.True(!line.Overdue(ctx))
		line.Wait(context.Background(), time.Second, nil)
		is.Equal(line.Now().Sub(began), time.Second)
		is.True(line.Overdue(ctx))
	})
}

// TestWaitEndsEarly: with the context, and when the caller is woken.
func TestWaitEndsEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		began := line.Now()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		line.Wait(ctx, time.Hour, nil)
		is.Equal(line.Now().Sub(began), time.Second)
		wake := make(chan struct{})
		time.AfterFunc(time.Second, func() { close(wake) })
		line.Wait(context.Background(), time.Hour, wake)
		is.Equal(line.Now().Sub(began), 2*time.Second)
	})
}
