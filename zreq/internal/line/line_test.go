package line_test

import (
	"context"
	"errors"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/internal/line"
)

// TestClaim: one call at a time has the line, and none when it is closed.
func TestClaim(t *testing.T) {
	is := is.New(t)
	l := &line.Line{Route: route(nil, nil)}
	is.NoErr(l.Claim())
	is.Equal(l.Claim(), line.ErrBusy)
	l.Release(true)
	is.NoErr(l.Claim())
	is.True(!l.Closed())
	l.Close()
	is.True(l.Closed())
	is.Equal(l.Claim(), line.ErrClosed) // it is said rather than that it is busy
	l.Release(false)
	is.Equal(l.Claim(), line.ErrClosed)
	l.Close() // as often as anybody likes
}

// TestLineOutlivesItsSockets: a socket is kept, dropped, or closed with the line, and each
// is closed once.
func TestLineOutlivesItsSockets(t *testing.T) {
	is := is.New(t)
	l := &line.Line{Route: route(nil, nil)}
	s, err := l.Alive()
	is.True(s == nil && err == nil) // there is none, and nothing is wrong
	_, open := l.Carried()
	is.True(!open)

	first, second, third := looks(), looks(), looks()
	adopted, err := l.Adopt(first)
	is.NoErr(err)
	is.NoErr(l.Claim())
	l.Release(true)
	s, err = l.Alive()
	is.NoErr(err)
	is.True(s == adopted && s.Conn() == netdriver.Conn(first))
	s.BeginRequest(false)
	s.BeginRequest(true)
	requests, open := l.Carried()
	is.True(open && requests == 2 && s.Requests() == 2)
	is.Equal(l.Dials(), 1)

	is.NoErr(l.Claim())
	l.Release(false)
	s, err = l.Alive()
	is.True(s == nil && err == nil)
	is.Equal(first.closed, 1)
	l.Drop()
	is.Equal(first.closed, 1)

	_, err = l.Adopt(second)
	is.NoErr(err)
	is.Equal(l.Dials(), 2)
	requests, open = l.Carried()
	is.True(open && requests == 0) // they are counted for each
	l.Close()
	is.Equal(second.closed, 1)

	_, err = l.Adopt(third)
	is.Equal(err, line.ErrClosed) // its owner has closed it while it was dialled
	is.Equal(third.closed, 1)
	is.Equal(l.Dials(), 2)
}

// TestAlive: a socket that is closed, or on which something has come, carries no request.
func TestAlive(t *testing.T) {
	is := is.New(t)
	c := looks()
	l, s := adopt(t, c, route(nil, nil))
	for _, want := range []error{nil, netdriver.ErrUnread, io.EOF, errors.New("reset"), nil} {
		c.check = want
		got, err := l.Alive()
		is.Equal(err, want)
		is.Equal(got == s, want == nil)
	}
}

// TestKeepAlive: a connection is used until the last tenth of the time that the peer gives
// it, which runs from its last byte, and for as many requests as it allows.
func TestKeepAlive(t *testing.T) {
	const none = -1
	for name, tt := range map[string]struct {
		said [][2]int32 // seconds and requests, of each response
		idle time.Duration
		over bool // no further request
		err  error
	}{
		"nothing":             {[][2]int32{{none, none}}, 80 * time.Hour, false, nil},
		"in time":             {[][2]int32{{5, none}}, 4500*time.Millisecond - 1, false, nil},
		"late":                {[][2]int32{{5, none}}, 4500 * time.Millisecond, false, line.ErrExpired},
		"no time":             {[][2]int32{{0, none}}, 0, true, line.ErrExpired},
		"another time":        {[][2]int32{{5, none}, {10, none}}, 9*time.Second - 1, false, nil},
		"another, late":       {[][2]int32{{10, none}, {5, none}}, 4500 * time.Millisecond, false, line.ErrExpired},
		"as before":           {[][2]int32{{5, none}, {none, none}}, 4500 * time.Millisecond, false, line.ErrExpired},
		"one more":            {[][2]int32{{none, 1}}, time.Hour, false, nil},
		"none more":           {[][2]int32{{none, 0}}, 0, true, nil},
		"counting down":       {[][2]int32{{none, 2}, {none, 1}, {none, 0}}, 0, true, nil},
		"the same, once less": {[][2]int32{{none, 2}, {none, 2}}, 0, false, nil},
		"always the same":     {[][2]int32{{none, 2}, {none, 2}, {none, 2}}, 0, true, nil},
		"said once":           {[][2]int32{{none, 2}, {none, none}, {none, none}}, 0, true, nil},
		"said late":           {[][2]int32{{none, none}, {none, none}, {none, 1}}, 0, false, nil},
		"fewer":               {[][2]int32{{none, 9}, {none, 0}}, 0, true, nil},
		"more after none":     {[][2]int32{{none, 0}, {none, 9}}, 0, true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				c := looks()
				l, s := adopt(t, c, route(nil, nil))
				time.Sleep(time.Minute) // a line that was dialled long ago
				for _, said := range tt.said {
					c.gives(1, time.Second)
					_, err := s.Read(context.Background(), make([]byte, 1), nil)
					is.NoErr(err)
					s.SetKeepAlive(said[0], said[1])
				}
				is.Equal(s.Exhausted(), tt.over)
				time.Sleep(tt.idle)
				_, err := l.Alive()
				is.Equal(err, tt.err)
			})
		})
	}
}

// TestKeepAliveRunsFromTheLastByte, whatever has read it.
func TestKeepAliveRunsFromTheLastByte(t *testing.T) {
	ctx := context.Background()
	for name, tt := range map[string]struct {
		read  func(s *line.Socket) error
		again bool // the time begins again
	}{
		"Read": {func(s *line.Socket) error { _, err := s.Read(ctx, make([]byte, 1), nil); return err }, true},
		"Read, a body": {func(s *line.Socket) error {
			_, err := s.Read(ctx, make([]byte, 1), &line.Meter{})
			return err
		}, true},
		"EndRead":                 {func(s *line.Socket) error { return s.EndRead(1, nil) }, true},
		"EndRead, of 0":           {func(s *line.Socket) error { return s.EndRead(0, nil) }, false},
		"nothing":                 {func(*line.Socket) error { return nil }, false},
		"SetKeepAlive, as before": {func(s *line.Socket) error { s.SetKeepAlive(10, -1); return nil }, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				c := looks()
				l, s := adopt(t, c, route(nil, nil))
				s.SetKeepAlive(10, -1)
				time.Sleep(6 * time.Second)
				c.read = func([]byte) (int, error) { return 1, nil }
				is.NoErr(tt.read(s))
				time.Sleep(6 * time.Second)
				_, err := l.Alive()
				is.Equal(err == nil, tt.again)
			})
		})
	}
}

// TestLineFromManyGoroutines: Close and the questions may come from anywhere. The race
// detector looks on.
func TestLineFromManyGoroutines(t *testing.T) {
	is := is.New(t)
	l := &line.Line{Route: route(nil, nil)}
	var all sync.WaitGroup
	var mu sync.Mutex
	made, owners := []*lookingConn{}, 0
	for range 8 {
		all.Go(func() {
			for range 100 {
				if l.Claim() != nil {
					_, _ = l.Carried()
					_ = l.Dials()
					continue
				}
				mu.Lock()
				if owners++; owners != 1 {
					t.Error("two calls have the line")
				}
				c := looks()
				made = append(made, c)
				mu.Unlock()
				_, _ = l.Adopt(c)
				_, _ = l.Alive()
				l.Drop()
				mu.Lock()
				owners--
				mu.Unlock()
				l.Release(true)
			}
		})
	}
	all.Go(func() { _ = l.Closed(); l.Close() })
	all.Wait()
	l.Drop()
	for _, c := range made {
		is.Equal(c.closed, 1)
	}
}
