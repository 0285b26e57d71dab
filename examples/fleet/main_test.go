package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRun(t *testing.T) {
	is := is.New(t)
	var out strings.Builder
	is.NoErr(run(t.Context(), &out)) // no poll fails
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	is.Equal(len(lines), 2)
	is.Equal(strings.Fields(lines[0]), []string{"polls", "dialled", "reused", "stale", "waited", "retried", "open", "idle"})
	var polled, dialled, reused, stale, waited, retried, open, idle int
	_, err := fmt.Sscan(lines[1], &polled, &dialled, &reused, &stale, &waited, &retried, &open, &idle)
	is.NoErr(err)                                  // it is a table of numbers
	is.Equal(polled, polls)                        // of so many
	is.True(stale > 0)                             // connections were dropped,
	is.True(retried > 0)                           // and one device was busy,
	is.True(dialled+reused >= polls+retried)       // and was asked again,
	is.True(dialled+reused <= polls+retried+stale) // as the other was that had been asked
	is.True(reused > 100)                          // most went over a connection that was there
	is.True(open <= 12 && idle == open)            // there were no more than it may have
}
