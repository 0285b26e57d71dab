package zreq_test

import (
	"context"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
)

// deafTrace is told and does nothing.
type deafTrace struct{ events int }

func (d *deafTrace) Trace(zreq.Event) { d.events++ }

// warmGet returns what a warm GET of a Session allocates with a Trace, or nil.
func warmGet(t *testing.T) func(zreq.Trace) float64 {
	if underRace {
		t.Skip("calls allocate under the race detector")
	}
	driver, url := inMemory(t, byLength("hello"))
	s := &zreq.Session{Driver: driver}
	t.Cleanup(func() { _ = s.Close() })
	var resp zreq.Response
	return func(trace zreq.Trace) float64 {
		args := &zreq.Args{StreamCallback: func([]byte) error { return nil }, Into: &resp, Trace: trace}
		get := func() {
			if _, err := s.Get(context.Background(), url, args); err != nil {
				t.Fatal(err)
			}
		}
		for range 10 {
			get()
		}
		return testing.AllocsPerRun(200, get)
	}
}

// TestTraceAllocates: with a Trace, a call allocates a spy, and the strings of its
// events.
func TestTraceAllocates(t *testing.T) {
	is := is.New(t)
	deaf, allocs := new(deafTrace), warmGet(t)
	without, with := allocs(nil), allocs(deaf)
	t.Logf("%v without a Trace, %v with one that is told %d events", without, with, deaf.events/211)
	is.Equal(deaf.events, (10+200+1)*5)
	is.True(with-without <= 24)
}
