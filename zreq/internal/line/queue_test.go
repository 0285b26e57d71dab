package line_test

import (
	"context"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/internal/line"
)

// queueConn is one whose system says what it holds.
type queueConn struct {
	*fakeConn
	held int
}

func (c *queueConn) Queued() int { return c.held }

// TestQueue: what the system holds is stuck when it has not become less for the limit.
func TestQueue(t *testing.T) {
	c := &queueConn{fakeConn: newConn()}
	inBubble(t, func() (*fakeConn, netdriver.Conn) { return c.fakeConn, c }, func(t *testing.T, _ *fakeConn, s *line.Socket) {
		is := is.New(t)
		time.Sleep(time.Hour)
		var m line.Meter
		ok := m.BeginQueue(s.Conn())
		is.True(ok)
		for _, tt := range []struct {
			after        time.Duration
			held         int
			empty, stuck bool
		}{
			{0, 100, false, false},
			{9 * time.Second, 100, false, false},
			{time.Second - 1, 99, false, false}, // it becomes less
			{10*time.Second - 1, 99, false, false},
			{1, 99, false, true},
			{0, 98, false, false},
			{5 * time.Second, 120, false, false}, // more is no less
			{5 * time.Second, 98, false, true},
			{time.Hour, 0, true, false}, // however long that took
			{time.Second, 0, true, false},
		} {
			time.Sleep(tt.after)
			c.held = tt.held
			empty, stuck := m.LookAtQueue(s.Conn(), 10*time.Second)
			is.Equal(empty, tt.empty)
			is.Equal(stuck, tt.stuck)
		}
	})
	inBubble(t, func() (*fakeConn, netdriver.Conn) { return c.fakeConn, c }, func(t *testing.T, _ *fakeConn, s *line.Socket) {
		is := is.New(t)
		c.held = -1 // a driver that miscounts
		var m line.Meter
		m.BeginQueue(s.Conn())
		empty, stuck := m.LookAtQueue(s.Conn(), time.Second)
		is.True(empty && !stuck)
	})
	is.New(t).True(!new(line.Meter).BeginQueue(newConn()))
}

// fullConn is one whose writes block, over a system that says what it holds.
type fullConn struct {
	*lookingConn
	held func() int
}

func (c *fullConn) Queued() int { return c.held() }

// blocked fills the system, and then writes until that fails, or for a hundred limits, to a peer that
// acknowledges n bytes at a time, every so often, and nothing any more after stops.
func blocked(t *testing.T, n int, every, stops, limit time.Duration, m *line.Meter) (took time.Duration, err error) {
	c := &fullConn{lookingConn: looks()}
	c.write = func(p []byte) (int, error) {
		if len(p) > 10 {
			return len(p), nil
		}
		return 0, c.pause(1000 * time.Hour)
	}
	inBubble(t, func() (*fakeConn, netdriver.Conn) { return c.fakeConn, c }, func(_ *testing.T, _ *fakeConn, s *line.Socket) {
		began := time.Now()
		c.held = func() int { return 1<<30 - n*int(min(time.Since(began), stops)/every) }
		s.BeginRequest(true)
		_, err = s.Write(context.Background(), make([]byte, 1<<20), within(m, limit))
		for err == nil && time.Since(began) < min(time.Hour, 100*limit) {
			_, err = s.Write(context.Background(), make([]byte, 10), within(m, limit))
		}
		took = time.Since(began)
	})
	return took, err
}

// TestWriteIsNotStuckWhileTheQueueFalls: a write that waits for room is given up when the
// peer has acknowledged nothing for the limit, and not before.
func TestWriteIsNotStuckWhileTheQueueFalls(t *testing.T) {
	for _, limit := range []time.Duration{320 * time.Millisecond, 2 * time.Second, time.Minute} {
		for name, stops := range map[string]time.Duration{"at once": 0, "later": 9 * limit, "never": 2 * time.Hour} {
			t.Run(limit.String()+"/"+name, func(t *testing.T) {
				is := is.New(t)
				took, err := blocked(t, 1, limit*9/10, stops, limit, &line.Meter{})
				if name == "never" {
					is.NoErr(err)
					return
				}
				is.Equal(late(err), "Write "+limit.String())
				is.True(took >= stops+limit && took <= stops+limit*9/8)
			})
		}
	}
}

// TestMeterOfAQueue: what the peer acknowledges while a write waits for room has moved.
func TestMeterOfAQueue(t *testing.T) {
	const in = 10 * time.Second
	for name, tt := range map[string]struct {
		every, stops time.Duration
		want         string
		windows      time.Duration
	}{
		"nothing":      {time.Second, 0, "LowSpeed 10s", 2}, // in the first the system was filled
		"slow":         {1250 * time.Millisecond, time.Hour, "LowSpeed 10s", 2},
		"quick enough": {time.Second, 2 * time.Hour, "", 360},
		"it stops":     {time.Second, 5 * in, "LowSpeed 10s", 6},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			took, err := blocked(t, 100, tt.every, tt.stops, time.Hour, &line.Meter{Rate: line.Rate{Bytes: 900, In: in}})
			is.Equal(late(err), tt.want)
			is.True(took >= tt.windows*in && took <= tt.windows*(in+in/8))
		})
	}
}
