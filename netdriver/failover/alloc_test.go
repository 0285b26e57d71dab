//go:build !race

package failover_test

import (
	"context"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/failover"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
)

// A warm call costs what it costs over the driver of its link.
func TestSessionAllocations(t *testing.T) {
	is := is.New(t)
	n := memnet.New()
	serve(t, n)
	plain := allocations(t, n)
	d := failoverOf(t, failover.Link{Name: "cable", Driver: n}, failover.Link{Name: "modem", Driver: memnet.New()})
	is.Equal(allocations(t, d), plain)
	is.Equal(n.Dials(), 2) // each Session has one connection
}

// allocations returns how many allocations a warm GET of a Session makes.
func allocations(t *testing.T, d netdriver.Driver) float64 {
	t.Helper()
	s := &zreq.Session{Driver: d}
	defer s.Close()
	var resp zreq.Response
	args := zreq.Args{Into: &resp}
	return testing.AllocsPerRun(100, func() {
		if _, err := s.Get(context.Background(), page, &args); err != nil {
			t.Fatal(err)
		}
	})
}
