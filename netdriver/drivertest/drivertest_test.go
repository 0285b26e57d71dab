package drivertest_test

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/drivertest"
	"github.com/zreq-go/zreq/netdriver/memnet"
)

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
	"lingers":                 {"close/wakes_a_blocked_read", func(_ context.Context, c conn) netdriver.Conn { return lingers{c, new(sync.Once)} }},
	"lingers idle":            {"close/twice", func(_ context.Context, c conn) netdriver.Conn { return lingers{c, new(sync.Once)} }},
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
