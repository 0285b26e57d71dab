package line_test

import (
	"context"
	"errors"
	"io"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/internal/line"
)

// TestSlicedWrite: where a write can be taken up again, it comes back every 100 ms, so that
// an answer is seen; and the limit is one on how long nothing moves.
func TestSlicedWrite(t *testing.T) {
	for _, limit := range []time.Duration{320 * time.Millisecond, time.Second, time.Minute} {
		inBubble(t, looking, func(t *testing.T, c *fakeConn, s *line.Socket) {
			is := is.New(t)
			ctx, m := context.Background(), &line.Meter{}
			s.BeginRequest(true)
			for round := range 3 {
				c.write = func(p []byte) (int, error) {
					if round == 2 {
						return 0, c.pause(1000 * time.Hour)
					}
					time.Sleep(min(limit/100, 5*time.Millisecond))
					return len(p), nil
				}
				n, err := s.Write(ctx, make([]byte, 1<<20), within(m, limit))
				is.True(round == 2 || err == nil && n == 1<<20) // the system takes what it likes
			}
			last := time.Now()
			for {
				began := time.Now()
				n, err := s.Write(ctx, make([]byte, 10), within(m, limit))
				is.Equal(n, 0)
				is.True(time.Since(began) <= 100*time.Millisecond)
				if err != nil {
					is.Equal(late(err), "Write "+limit.String())
					break
				}
				is.True(s.Unfinished()) // only the time of the slice is over
			}
			took := time.Since(last) + 100*time.Millisecond // of the first write that moved nothing
			is.True(took >= limit && took <= limit+limit/8+200*time.Millisecond)
		})
	}
}

// TestSlicedWriteIsNeverEarly: what moves now and then is not stuck, and without a limit
// nothing is.
func TestSlicedWriteIsNeverEarly(t *testing.T) {
	for _, limit := range []time.Duration{0, -1, time.Second} {
		inBubble(t, looking, func(t *testing.T, c *fakeConn, s *line.Socket) {
			is := is.New(t)
			ctx, m := context.Background(), &line.Meter{}
			s.BeginRequest(true)
			gap := 20 * time.Second
			if limit > 0 {
				gap = limit - time.Millisecond
			}
			moved := 0
			c.write = c.every(gap, 1)
			for moved < 4 {
				n, err := s.Write(ctx, make([]byte, 10), within(m, limit))
				is.NoErr(err)
				is.Equal(s.Unfinished(), n == 0)
				moved += n
			}
		})
	}
}

// TestResume: the time in which the body was read is not counted against the peer.
func TestResume(t *testing.T) {
	for _, resumed := range []bool{false, true} {
		inBubble(t, looking, func(t *testing.T, c *fakeConn, s *line.Socket) {
			is := is.New(t)
			ctx, m := context.Background(), &line.Meter{}
			s.BeginRequest(true)
			c.write = func([]byte) (int, error) { return 0, c.pause(time.Hour) }
			_, err := s.Write(ctx, make([]byte, 10), within(m, time.Second))
			is.NoErr(err)
			if resumed {
				m.Resume()
			}
			time.Sleep(time.Minute)
			_, err = s.Write(ctx, make([]byte, 10), within(m, time.Second))
			is.Equal(err == nil, resumed)
		})
	}
}

// TestOwedWrite: what a slice has cut in TLS the next write finishes, if only one of nothing.
func TestOwedWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		ctx, m := context.Background(), &line.Meter{}
		c := looks()
		_, s := adopt(t, c, route(nil, &fakeTLS{}))
		s.BeginRequest(true)
		var writes []int
		blocked := true
		c.write = func(p []byte) (int, error) {
			writes = append(writes, len(p))
			if blocked {
				return len(p), c.pause(time.Hour) // a record that has begun to go out
			}
			return len(p), nil
		}
		is.True(!s.Unfinished())
		n, err := s.Write(ctx, make([]byte, 300), within(m, time.Second))
		is.NoErr(err)
		is.Equal(n, 300)
		is.True(s.Unfinished())
		_, err = s.Write(ctx, nil, within(m, time.Second))
		is.NoErr(err)
		is.True(s.Unfinished())
		blocked = false
		_, err = s.Write(ctx, nil, within(m, time.Second))
		is.NoErr(err)
		is.True(!s.Unfinished())
		is.Equal(writes, []int{300, 0, 0})
		reset := errors.New("reset")
		c.write = func(p []byte) (int, error) { return 0, reset }
		_, err = s.Write(ctx, make([]byte, 300), within(m, time.Second))
		is.Equal(err, reset)
		is.True(!s.Unfinished()) // there is nothing to be finished
	})
}

// TestWholeWrite: where a write cannot be taken up again it has the whole limit, is one of
// 4 KiB, and a timeout ends it.
func TestWholeWrite(t *testing.T) {
	for name, large := range map[string]bool{"head": false, "body": true} {
		t.Run(name, func(t *testing.T) {
			makes := bare
			if !large {
				makes = looking // a head is not sliced anywhere
			}
			inBubble(t, makes, func(t *testing.T, c *fakeConn, s *line.Socket) {
				is := is.New(t)
				s.BeginRequest(large)
				ctx, m := context.Background(), &line.Meter{}
				c.write = func(p []byte) (int, error) {
					if err := c.pause(999 * time.Millisecond); err != nil {
						return 0, err
					}
					return len(p), nil
				}
				for range 3 {
					n, err := s.Write(ctx, make([]byte, 1<<20), within(m, time.Second))
					is.NoErr(err)
					is.Equal(n, 4<<10)
				}
				c.write = func([]byte) (int, error) { return 7, c.pause(time.Hour) }
				began := time.Now()
				n, err := s.Write(ctx, make([]byte, 10), within(m, time.Second))
				is.Equal(n, 7) // it may have left
				is.Equal(late(err), "Write 1s")
				is.True(!s.Unfinished())
				took := time.Since(began)
				is.True(took >= time.Second && took <= time.Second*9/8)
			})
		})
	}
}

// TestQuickWrites: a peer that takes 128 KiB quickly is given 16 KiB at a time, until it
// hesitates, or another socket takes its place.
func TestQuickWrites(t *testing.T) {
	const quick, slow = time.Second/32 - 1, time.Second / 32
	inBubble(t, bare, func(t *testing.T, c *fakeConn, s *line.Socket) {
		is := is.New(t)
		s.BeginRequest(true)
		ctx, m := context.Background(), &line.Meter{}
		wait := quick
		c.write = func(p []byte) (int, error) { time.Sleep(wait); return len(p), nil }
		write := func() int {
			n, err := s.Write(ctx, make([]byte, 1<<20), within(m, time.Second))
			is.NoErr(err)
			return n
		}
		for range 2 {
			for sent := 0; sent < 128<<10; {
				n := write()
				is.Equal(n, 4<<10)
				sent += n
			}
			is.Equal(write(), 16<<10)
			is.Equal(write(), 16<<10)
			m.Reconnect()
		}
		for range 32 {
			is.Equal(write(), 4<<10)
		}
		is.Equal(write(), 16<<10)
		wait = slow
		is.Equal(write(), 16<<10)
		wait = quick
		is.Equal(write(), 4<<10) // and is told from a dead one by small writes again
	})
}

// TestQuickSlicedWrites: over TLS a quick peer is given 32 KiB at a time.
func TestQuickSlicedWrites(t *testing.T) {
	is := is.New(t)
	_, s := adopt(t, looks(), route(nil, &fakeTLS{}))
	s.BeginRequest(true)
	m, n := &line.Meter{}, 0
	for range 40 {
		var err error
		n, err = s.Write(context.Background(), make([]byte, 1<<20), within(m, time.Hour))
		is.NoErr(err)
	}
	is.Equal(n, 32<<10)
}

// TestWriteCounts: a count that cannot be is the driver's fault, and all may have left; and
// a driver may write nothing a few times.
func TestWriteCounts(t *testing.T) {
	reset := errors.New("reset")
	for name, tt := range map[string]struct {
		n     int
		err   error
		wantN int
		want  error
	}{
		"all":               {10, nil, 10, nil},
		"some":              {3, nil, 3, nil},
		"some and a reset":  {3, reset, 3, reset},
		"too many":          {11, nil, 10, line.ErrBadCount},
		"fewer than none":   {-1, nil, 10, line.ErrBadCount},
		"fewer and a reset": {-1, reset, 10, line.ErrBadCount},
		"a short write":     {3, io.ErrShortWrite, 3, io.ErrShortWrite},
		"the network's own": {0, netTimeout{}, 0, netTimeout{}},
	} {
		for _, makes := range []func() (*fakeConn, netdriver.Conn){bare, looking} {
			t.Run(name, func(t *testing.T) {
				inBubble(t, makes, func(t *testing.T, c *fakeConn, s *line.Socket) {
					is := is.New(t)
					s.BeginRequest(true)
					c.write = func([]byte) (int, error) { return tt.n, tt.err }
					n, err := s.Write(context.Background(), make([]byte, 10), &line.Meter{Body: time.Second, Write: time.Second})
					is.Equal(n, tt.wantN)
					is.Equal(err, tt.want)
				})
			})
		}
	}
	is := is.New(t)
	c, m := newConn(), &line.Meter{}
	_, s := adopt(t, c, route(nil, nil))
	c.write = func([]byte) (int, error) { return 0, nil }
	for range line.MaxEmpty {
		_, err := s.Write(context.Background(), make([]byte, 10), within(m, time.Second))
		is.NoErr(err)
	}
	c.write = func([]byte) (int, error) { return 1, nil } // then it goes on
	_, err := s.Write(context.Background(), make([]byte, 10), within(m, time.Second))
	is.NoErr(err)
	c.write = func([]byte) (int, error) { return 0, nil }
	for range line.MaxEmpty {
		_, err = s.Write(context.Background(), make([]byte, 10), within(m, time.Second))
		is.NoErr(err)
	}
	_, err = s.Write(context.Background(), make([]byte, 10), within(m, time.Second))
	is.Equal(err, io.ErrNoProgress)
	c.setErr = os.ErrClosed
	_, err = s.Write(context.Background(), make([]byte, 10), within(m, time.Minute))
	is.Equal(err, os.ErrClosed)
}

// TestMeterOfWrites: a body that leaves too slowly is ended when a window is over; where a
// write says what it has moved only at its end, a window sees several.
func TestMeterOfWrites(t *testing.T) {
	body := make([]byte, 1<<20)
	for name, tt := range map[string]struct {
		makes func() (*fakeConn, netdriver.Conn)
		tls   netdriver.TLS
		bytes int64
		most  int // that one write is given; 0: all
	}{
		"plain":           {looking, nil, 16_000, 0},
		"TLS":             {looking, &fakeTLS{}, 16_000, 1000},
		"no looks":        {bare, nil, 16_000, 1000},
		"no looks, much":  {bare, nil, 1 << 20, 4 << 10},
		"no looks, small": {bare, nil, 500, 64},
	} {
		for speed, quick := range map[string]bool{"quick enough": true, "too slow": false} {
			t.Run(name+"/"+speed, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					c, conn := tt.makes()
					_, s := adopt(t, conn, route(nil, tt.tls))
					s.BeginRequest(true)
					m := &line.Meter{Rate: line.Rate{Bytes: tt.bytes, In: 10 * time.Second}}
					rate := float64(tt.bytes) / 10 // a second
					if !quick {
						rate *= 0.9
					}
					n := int(tt.bytes / 20)
					if tt.most > 0 {
						n = min(n, tt.most)
					}
					takes := c.every(time.Duration(float64(n)/rate*float64(time.Second)), n)
					c.write = func(p []byte) (int, error) {
						is.True(tt.most == 0 || len(p) == tt.most)
						return takes(p)
					}
					began := time.Now()
					for time.Since(began) < time.Minute {
						if _, err := s.Write(context.Background(), body, within(m, time.Hour)); err != nil {
							is.True(!quick)
							is.Equal(late(err), "LowSpeed 10s")
							is.True(time.Since(began) >= 10*time.Second && time.Since(began) <= 10*time.Second*9/8)
							return
						}
					}
					is.True(quick)
				})
			})
		}
	}
}

// TestMeterOfABlockedWrite: where nothing leaves at all, the window ends it, though the limit
// of a write is longer; and a sliced write comes back meanwhile.
func TestMeterOfABlockedWrite(t *testing.T) {
	for name, makes := range map[string]func() (*fakeConn, netdriver.Conn){"sliced": looking, "whole": bare} {
		for _, limit := range []time.Duration{0, time.Hour} {
			t.Run(name+"/"+limit.String(), func(t *testing.T) {
				inBubble(t, makes, func(t *testing.T, c *fakeConn, s *line.Socket) {
					is := is.New(t)
					s.BeginRequest(true)
					m := &line.Meter{Rate: line.Rate{Bytes: 1000, In: 10 * time.Second}}
					c.write = func([]byte) (int, error) { return 0, c.pause(1000 * time.Hour) }
					began := time.Now()
					for {
						at := time.Now()
						_, err := s.Write(context.Background(), make([]byte, 10), within(m, limit))
						is.True(name == "whole" || time.Since(at) <= 100*time.Millisecond)
						if err != nil {
							is.Equal(late(err), "LowSpeed 10s")
							break
						}
					}
					took := time.Since(began)
					is.True(took >= 10*time.Second && took <= 10*time.Second*9/8)
				})
			})
		}
	}
}
