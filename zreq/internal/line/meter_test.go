package line_test

import (
	"context"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/internal/line"
)

// TestMeterOfABody: of a body that comes too slowly the reads go on to the end of a window,
// and no longer; of one that comes quickly enough they go on for ever. What the caller does
// between two reads does not count.
func TestMeterOfABody(t *testing.T) {
	for name, tt := range map[string]struct {
		n       int           // that each read brings,
		gap     time.Duration // after so much
		between time.Duration // that the caller takes
		limit   time.Duration // on silence
		want    string
		at      time.Duration // of waiting
	}{
		"quick enough":              {100, time.Second, 0, 0, "", 0},
		"just too slow":             {99, time.Second, 0, 0, "LowSpeed 10s", 10 * time.Second},
		"too slow, small reads":     {1, 11 * time.Millisecond, 0, 0, "LowSpeed 10s", 10 * time.Second},
		"quick, small reads":        {1, 10 * time.Millisecond, 0, 0, "", 0},
		"the caller takes his time": {100, time.Second, time.Hour, 0, "", 0},
		"one read in a window":      {2000, 13 * time.Second, 0, 0, "LowSpeed 10s", 10 * time.Second},
		"rarely, but much":          {5000, 9 * time.Second, 0, 0, "", 0},
		"silence is bounded first":  {5000, 6 * time.Second, 0, 5 * time.Second, "Body 5s", 5 * time.Second},
		"silence, over two reads":   {5000, 4 * time.Second, 0, 5 * time.Second, "", 0},
		"silence is bounded last":   {0, 1000 * time.Hour, 0, time.Minute, "LowSpeed 10s", 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, bare, func(t *testing.T, c *fakeConn, s *line.Socket) {
				is := is.New(t)
				ctx, p := context.Background(), make([]byte, 5000)
				m := &line.Meter{Rate: line.Rate{Bytes: 1000, In: 10 * time.Second}}
				is.True(m.On())
				c.gives(tt.n, tt.gap)
				waited := time.Duration(0)
				for range 2500 {
					began := time.Now()
					_, err := s.Read(ctx, p, within(m, tt.limit))
					waited += time.Since(began)
					if err != nil {
						is.Equal(late(err), tt.want)
						is.True(waited >= tt.at && waited <= tt.at+tt.at/8)
						return
					}
					time.Sleep(tt.between)
				}
				is.Equal(tt.want, "")
			})
		})
	}
}

// TestMeterWindow: a read that is cut by the end of a window in which enough has come goes
// on in the next one, and the limit on silence counts on.
func TestMeterWindow(t *testing.T) {
	inBubble(t, bare, func(t *testing.T, c *fakeConn, s *line.Socket) {
		is := is.New(t)
		ctx, p := context.Background(), make([]byte, 5000)
		m := &line.Meter{Rate: line.Rate{Bytes: 1000, In: 10 * time.Second}}
		c.gives(1000, 5*time.Second)
		_, err := s.Read(ctx, p, within(m, 0))
		is.NoErr(err)
		c.gives(1000, 14*time.Second)
		began := time.Now()
		n, err := s.Read(ctx, p, within(m, 30*time.Second))
		is.NoErr(err) // the first window has its bytes, and the second got them in its time
		is.Equal(n, 1000)
		is.True(time.Since(began) >= 14*time.Second)
	})
	inBubble(t, bare, func(t *testing.T, c *fakeConn, s *line.Socket) {
		is := is.New(t)
		ctx, p := context.Background(), make([]byte, 5000)
		m := &line.Meter{Rate: line.Rate{Bytes: 1000, In: 10 * time.Second}}
		c.gives(1000, 8*time.Second)
		_, err := s.Read(ctx, p, within(m, 9*time.Second))
		is.NoErr(err)
		c.gives(1000, time.Hour)
		began := time.Now()
		_, err = s.Read(ctx, p, within(m, 9*time.Second))
		is.Equal(late(err), "Body 9s")
		took := time.Since(began)
		is.True(took >= 9*time.Second && took <= 9*time.Second*9/8) // over both windows
	})
	inBubble(t, bare, func(t *testing.T, c *fakeConn, s *line.Socket) {
		is := is.New(t)
		ctx, p := context.Background(), make([]byte, 5000)
		m := &line.Meter{Rate: line.Rate{Bytes: 1000, In: 10 * time.Second}}
		c.gives(999, 9*time.Second)
		for range 3 {
			_, err := s.Read(ctx, p, within(m, 0))
			is.NoErr(err)
			m.Restart() // another body has a window of its own
		}
	})
}

// TestMeterIsOff without a least: the limit of the read alone counts then.
func TestMeterIsOff(t *testing.T) {
	for _, r := range []line.Rate{{}, {In: time.Second}, {Bytes: -1, In: time.Second}} {
		inBubble(t, bare, func(t *testing.T, c *fakeConn, s *line.Socket) {
			is := is.New(t)
			m := &line.Meter{Body: time.Hour, Rate: r}
			is.True(!m.On())
			c.gives(1, time.Minute)
			for range 3 {
				_, err := s.Read(context.Background(), make([]byte, 1), m)
				is.NoErr(err)
			}
			c.gives(1, 2*time.Hour)
			_, err := s.Read(context.Background(), make([]byte, 1), m)
			is.Equal(late(err), "Body 1h0m0s")
		})
	}
}
