package line_test

import (
	"context"
	"errors"
	"io"
	"os"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/internal/line"
)

// TestLook: where the driver can look, that is what Look says. Where it cannot, Look reads
// for a millisecond.
func TestLook(t *testing.T) {
	is := is.New(t)
	c := looks()
	_, s := adopt(t, c, route(nil, nil))
	is.True(s.CanLook())
	for _, want := range []error{nil, netdriver.ErrUnread, io.EOF} {
		c.check = want
		is.Equal(s.Look(), want)
	}
	is.Equal(c.deadlines(), 0)

	reset := errors.New("reset")
	for name, tt := range map[string]struct {
		n    int
		err  error
		want error
	}{
		"bytes":            {1, nil, netdriver.ErrUnread},
		"bytes and an end": {1, io.EOF, netdriver.ErrUnread},
		"an end":           {0, io.EOF, io.EOF},
		"reset":            {0, reset, reset},
		"a broken driver":  {0, nil, io.ErrNoProgress},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, bare, func(t *testing.T, c *fakeConn, s *line.Socket) {
				is := is.New(t)
				is.True(!s.CanLook())
				c.read = func(p []byte) (int, error) { is.Equal(len(p), 1); return tt.n, tt.err }
				is.Equal(s.Look(), tt.want)
			})
		})
	}
	t.Run("silence", func(t *testing.T) {
		inBubble(t, bare, func(t *testing.T, c *fakeConn, s *line.Socket) {
			is := is.New(t)
			ctx := context.Background()
			is.NoErr(s.Within(ctx, time.Minute, "Head"))
			began := time.Now()
			is.NoErr(s.Look())
			is.Equal(time.Since(began), line.LookWait)
			c.gives(1, 50*time.Second)
			is.NoErr(s.Within(ctx, time.Minute, "Head"))
			_, err := s.Read(ctx, make([]byte, 1), nil)
			is.NoErr(err) // the deadline is as before
			c.setErr = reset
			is.Equal(s.Look(), reset)
		})
	})
}

// TestRead: a read brings bytes, an error, or both; a timeout beside bytes is none.
func TestRead(t *testing.T) {
	reset := errors.New("reset")
	for name, tt := range map[string]struct {
		n    int
		err  error
		want error
	}{
		"bytes":               {3, nil, nil},
		"all that fits":       {5, nil, nil},
		"bytes and an end":    {3, io.EOF, io.EOF},
		"bytes and a reset":   {3, reset, reset},
		"bytes and a timeout": {3, os.ErrDeadlineExceeded, nil},
		"an end":              {0, io.EOF, io.EOF},
		"nothing, for ever":   {0, nil, io.ErrNoProgress},
		"too many":            {6, nil, line.ErrBadCount},
		"fewer than none":     {-1, nil, line.ErrBadCount},
		"fewer, and an end":   {-1, io.EOF, line.ErrBadCount},
	} {
		for name, read := range map[string]func(s *line.Socket) (int, error){
			name + "/Read": func(s *line.Socket) (int, error) { return s.Read(context.Background(), make([]byte, 5), nil) },
			name + "/Read, a body": func(s *line.Socket) (int, error) {
				return s.Read(context.Background(), make([]byte, 5), &line.Meter{Body: time.Second, Write: time.Second})
			},
			name + "/Read, a body, measured": func(s *line.Socket) (int, error) {
				return s.Read(context.Background(), make([]byte, 5), within(&line.Meter{Rate: line.Rate{Bytes: 1, In: time.Minute}}, time.Second))
			},
		} {
			t.Run(name, func(t *testing.T) {
				is := is.New(t)
				c := newConn()
				_, s := adopt(t, c, route(nil, nil))
				reads := 0
				c.read = func([]byte) (int, error) { reads++; return tt.n, tt.err }
				n, err := read(s)
				is.Equal(err, tt.want)
				if tt.want == line.ErrBadCount {
					is.Equal(n, 0)
				} else {
					is.Equal(n, tt.n)
				}
				if tt.want == io.ErrNoProgress {
					is.Equal(reads, line.MaxEmpty)
				} else {
					is.Equal(reads, 1)
				}
			})
		}
	}
	// A driver may say nothing a few times.
	is := is.New(t)
	c := newConn()
	_, s := adopt(t, c, route(nil, nil))
	reads := 0
	c.read = func([]byte) (int, error) {
		if reads++; reads < line.MaxEmpty {
			return 0, nil
		}
		return 1, nil
	}
	n, err := s.Read(context.Background(), make([]byte, 5), nil)
	is.NoErr(err)
	is.Equal(n, 1)
}

// provenConn is one whose end can be proven.
type provenConn struct {
	*fakeConn
	proven bool
}

func (c *provenConn) ProvesEnd() bool { return c.proven }

// TestWhatASocketCan depends on its driver: whether that can look, and what lies above it.
func TestWhatASocketCan(t *testing.T) {
	chip := &fakeChip{}
	for name, tt := range map[string]struct {
		conn                 netdriver.Conn
		route                *line.Route
		resumable, takesFile bool // of a request with a body
	}{
		"plain":     {looks(), route(nil, nil), true, true},
		"TLS":       {looks(), route(nil, &fakeTLS{}), true, false},
		"a chip":    {looks(), &line.Route{Chip: chip}, false, false},
		"no looks":  {newConn(), route(nil, nil), false, false},
		"bare, TLS": {newConn(), route(nil, &fakeTLS{}), false, false},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			_, s := adopt(t, tt.conn, tt.route)
			s.BeginRequest(true)
			is.Equal(s.Resumable(), tt.resumable)
			is.Equal(s.TakesFiles(), tt.takesFile)
			s.BeginRequest(false)
			is.Equal(s.Resumable(), tt.resumable)
			is.True(!s.TakesFiles()) // a head is no file
			is.True(!s.ProvesEnd())
		})
	}
	is := is.New(t)
	for _, proven := range []bool{false, true} {
		_, s := adopt(t, &provenConn{newConn(), proven}, route(nil, nil))
		is.Equal(s.ProvesEnd(), proven)
	}
}
