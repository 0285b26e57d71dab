package drivertest_test

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/drivertest"
	"github.com/zreq-go/zreq/netdriver/memnet"
)

// conn is a good connection; each bad one overrides what it does badly.
type conn struct{ *memnet.Conn }

type (
	neverReads   struct{ conn }
	plainTimeout struct{ conn }
	late         struct{ conn }
	early        struct{ conn }
	eofOnClose   struct{ conn }
	cut          struct{ conn }
	flips        struct{ conn }
	forgetful    struct {
		conn
		timedOut atomic.Bool
	}
	eats    struct{ conn }
	minds   struct{ conn }
	stays   struct{ conn }
	overdue struct{ conn }

	endOnReset struct{ conn }
	tellsOnce  struct {
		conn
		told *atomic.Bool // of the reset: from then on all is an end
	}
	looksOnce   struct{ tellsOnce }
	writesOnce  struct{ tellsOnce }
	uncounted   struct{ conn }
	overcounted struct{ conn }
	lateOnClose struct{ conn }
	lingers     struct{ conn }
)

func (neverReads) Read([]byte) (int, error) { return 0, nil }

var errLate = errors.New("too late")

func (c plainTimeout) Read(p []byte) (int, error) {
	n, err := c.conn.Read(p)
	if err == os.ErrDeadlineExceeded {
		err = errLate
	}
	return n, err
}

func (c late) SetReadDeadline(t time.Time) error {
	return c.conn.SetReadDeadline(t.Add(2 * drivertest.Slack))
}

func (c early) SetReadDeadline(t time.Time) error {
	return c.conn.SetReadDeadline(t.Add(-20 * time.Millisecond))
}

func (c eofOnClose) Read(p []byte) (int, error) {
	n, err := c.conn.Read(p)
	if err == memnet.ErrClosed {
		err = io.EOF
	}
	return n, err
}

func (c cut) Read(p []byte) (int, error) {
	n, err := c.conn.Read(p)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func (c flips) Write(p []byte) (int, error) {
	q := append([]byte(nil), p...)
	if len(q) > 4096 {
		q[4096] ^= 1
	}
	return c.conn.Write(q)
}

// A timeout is final.
func (c *forgetful) Read(p []byte) (int, error) {
	if c.timedOut.Load() {
		return 0, os.ErrDeadlineExceeded
	}
	n, err := c.conn.Read(p)
	if err == os.ErrDeadlineExceeded {
		c.timedOut.Store(true)
	}
	return n, err
}

func (c eats) Check() error {
	err := c.conn.Check()
	if err == netdriver.ErrUnread {
		_, _ = c.Read(make([]byte, 1))
	}
	return err
}

func (c minds) Check() error {
	if _, err := c.Read(nil); err != nil {
		return err
	}
	return c.conn.Check()
}

func (stays) Close() error { return nil }

func (c overdue) SetWriteDeadline(t time.Time) error {
	return c.conn.SetWriteDeadline(t.Add(2 * drivertest.Slack))
}

func (c endOnReset) Read(p []byte) (int, error) {
	n, err := c.conn.Read(p)
	if err == memnet.ErrReset {
		err = io.EOF
	}
	return n, err
}

// once is err where it is told for the first time.
func (c tellsOnce) once(err error) error {
	if err == memnet.ErrReset && c.told.Swap(true) {
		return io.EOF
	}
	return err
}

func (c tellsOnce) Read(p []byte) (int, error) {
	n, err := c.conn.Read(p)
	return n, c.once(err)
}

func (c looksOnce) Check() error { return c.once(c.conn.Check()) }

// Only a Write uses the reset up.
func (c writesOnce) Read(p []byte) (int, error) {
	n, err := c.conn.Read(p)
	if err == memnet.ErrReset && c.told.Load() {
		err = io.EOF
	}
	return n, err
}

func (c writesOnce) Write(p []byte) (int, error) {
	n, err := c.conn.Write(p)
	if err == memnet.ErrReset {
		c.told.Store(true)
	}
	return n, err
}

func (c uncounted) Write(p []byte) (int, error) {
	n, err := c.conn.Write(p)
	if err != nil {
		n = 0
	}
	return n, err
}

// What may have left is not what has, and the stream cannot go on.
func (c overcounted) Write(p []byte) (int, error) {
	_, err := c.conn.Write(p)
	return len(p), err
}

func (c lateOnClose) Read(p []byte) (int, error) {
	n, err := c.conn.Read(p)
	if err == memnet.ErrClosed {
		err = os.ErrDeadlineExceeded
	}
	return n, err
}

func (c lingers) Close() error {
	err := c.conn.Close()
	time.Sleep(1500 * time.Millisecond)
	return err
}

// wrapper dials good connections and gives them to wrap.
type wrapper struct {
	*memnet.Net
	wrap func(ctx context.Context, c conn) netdriver.Conn
}

func (w *wrapper) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := w.Net.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return w.wrap(ctx, conn{c.(*memnet.Conn)}), nil
}

// bad is drivers that break one rule each, and the test that must find it.
var bad = map[string]struct {
	finds string
	wrap  func(ctx context.Context, c conn) netdriver.Conn
}{
	"good":                    {"", func(_ context.Context, c conn) netdriver.Conn { return c }},
	"never reads":             {"dial/reaches", func(_ context.Context, c conn) netdriver.Conn { return neverReads{c} }},
	"plain timeout":           {"deadline/in_the_past", func(_ context.Context, c conn) netdriver.Conn { return plainTimeout{c} }},
	"late":                    {"deadline/in_the_future", func(_ context.Context, c conn) netdriver.Conn { return late{c} }},
	"early":                   {"deadline/in_the_future", func(_ context.Context, c conn) netdriver.Conn { return early{c} }},
	"eof on close":            {"close/wakes_a_blocked_read", func(_ context.Context, c conn) netdriver.Conn { return eofOnClose{c} }},
	"cut":                     {"transfer/ends_in", func(_ context.Context, c conn) netdriver.Conn { return cut{c} }},
	"flips a bit":             {"transfer/carries_any_size", func(_ context.Context, c conn) netdriver.Conn { return flips{c} }},
	"forgetful":               {"deadline/loses_nothing", func(_ context.Context, c conn) netdriver.Conn { return &forgetful{conn: c} }},
	"eats":                    {"check/sees_bytes_and", func(_ context.Context, c conn) netdriver.Conn { return eats{c} }},
	"minds":                   {"check/does_not_care", func(_ context.Context, c conn) netdriver.Conn { return minds{c} }},
	"stays":                   {"check/sees_its_own_close", func(_ context.Context, c conn) netdriver.Conn { return stays{c} }},
	"overdue":                 {"write_deadline/ends", func(_ context.Context, c conn) netdriver.Conn { return overdue{c} }},
	"end on reset":            {"reset/is_no_end_of_stream", func(_ context.Context, c conn) netdriver.Conn { return endOnReset{c} }},
	"reset read once":         {"reset/is_no_end_of_stream", func(_ context.Context, c conn) netdriver.Conn { return tellsOnce{c, new(atomic.Bool)} }},
	"reset looked up once":    {"check/sees_a_reset", func(_ context.Context, c conn) netdriver.Conn { return looksOnce{tellsOnce{c, new(atomic.Bool)}} }},
	"reset written once":      {"reset/is_no_end_of_stream_after_a_failed_write", func(_ context.Context, c conn) netdriver.Conn { return writesOnce{tellsOnce{c, new(atomic.Bool)}} }},
	"uncounted":               {"reset/leaves_what_was_sent_counted", func(_ context.Context, c conn) netdriver.Conn { return uncounted{c} }},
	"uncounted at a deadline": {"write_deadline/leaves_what_was_sent_counted", func(_ context.Context, c conn) netdriver.Conn { return uncounted{c} }},
	"uncounted and revived":   {"write_deadline/leaves_the_connection_usable", func(_ context.Context, c conn) netdriver.Conn { return uncounted{c} }},
	"overcounted and revived": {"write_deadline/leaves_the_connection_usable", func(_ context.Context, c conn) netdriver.Conn { return overcounted{c} }},
	"late on close":           {"close/wakes_a_blocked_read", func(_ context.Context, c conn) netdriver.Conn { return lateOnClose{c} }},
	"lingers":                 {"close/wakes_a_blocked_read", func(_ context.Context, c conn) netdriver.Conn { return lingers{c} }},
	"lingers idle":            {"close/twice", func(_ context.Context, c conn) netdriver.Conn { return lingers{c} }},
	"tied to ctx": {"dial/is_not_bound", func(ctx context.Context, c conn) netdriver.Conn {
		context.AfterFunc(ctx, c.Reset)
		return c
	}},
	"leaks": {"dial/reaches", func(_ context.Context, c conn) netdriver.Conn {
		go func() { select {} }()
		return c
	}},
}

const badEnv = "ZREQ_BAD_DRIVER"

// TestBadDriver runs the suite over one of bad, for TestRunFinds.
func TestBadDriver(t *testing.T) {
	name := os.Getenv(badEnv)
	if name == "" {
		return // run by TestRunFinds, which looks at what it says
	}
	n := memnet.New()
	drivertest.Run(t, &wrapper{n, bad[name].wrap}, drivertest.Capabilities{
		Listen: drivertest.Memory(n), RefusesAtOnce: true, Check: true, HalfClose: true,
	})
}

func TestRunFinds(t *testing.T) {
	for name, tt := range bad {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			group, rule, _ := strings.Cut(tt.finds, "/")
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestBadDriver$/^"+group+"$/"+rule, "-test.v")
			if tt.finds == "" {
				cmd.Args[1] = "-test.run=^TestBadDriver$"
			}
			cmd.Env = append(os.Environ(), badEnv+"="+name)
			out, err := cmd.CombinedOutput()
			if tt.finds == "" {
				is.NoErr(err) // a good driver passes
				return
			}
			is.True(err != nil)                                                         // a bad one does not
			is.True(strings.Contains(string(out), "--- FAIL: TestBadDriver/"+tt.finds)) // and the rule it breaks says so
		})
	}
}
