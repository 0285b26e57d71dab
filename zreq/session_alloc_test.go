package zreq_test

import (
	"context"
	"runtime"
	"testing"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
)

// inAnotherProcess is the driver of the system to a server that allocates elsewhere.
func inAnotherProcess(t *testing.T, _ string) (netdriver.Driver, string) {
	t.Helper()
	return new(stdnet.Driver), "http://" + otherProcess(t) + "/x"
}

// TestSessionAllocates: a warm call of a Session with a Response that is used again
// allocates nothing, whoever of the two gives the headers.
func TestSessionAllocates(t *testing.T) {
	if underRace {
		t.Skip("the race detector makes pools forget")
	}
	accept := zreq.Headers{{"Accept", "application/octet-stream"}}
	all := networks()
	if runtime.GOOS != "wasip1" {
		all["TCP, another process"] = inAnotherProcess
	}
	for network, dial := range all {
		for whose, own := range map[string]zreq.Headers{"none": nil, "the call's": accept, "the Session's": nil} {
			t.Run(network+"/"+whose, func(t *testing.T) {
				onNetwork(t, network, func(t *testing.T) {
					is := is.New(t)
					driver, url := dial(t, withLength("a body that the callback gets, and nobody keeps"))
					s := &zreq.Session{Driver: driver, Timeouts: zreq.Timeouts{Head: time.Minute}}
					defer s.Close()
					if whose == "the Session's" {
						s.Headers = accept
					}
					bytes, failed := 0, error(nil)
					args := &zreq.Args{Headers: own, Into: new(zreq.Response), StreamCallback: func(p []byte) error { bytes += len(p); return nil }}
					allocs := func(ctx context.Context) float64 {
						get := func() {
							bytes = 0
							if _, err := s.Get(ctx, url, args); err != nil {
								failed = err
							}
						}
						for range 10 {
							get() // until the pool has what such a call borrows
						}
						return testing.AllocsPerRun(100, get)
					}
					cancellable, cancel := context.WithCancel(context.Background())
					defer cancel()
					look := lookAllocs(network)
					is.Equal(allocs(context.Background()), look)
					is.True(allocs(cancellable) <= 3+look) // with a context that can end, what context.AfterFunc makes
					args.Into = nil
					is.True(allocs(context.Background()) <= 3+look) // with a new Response, what it holds
					is.NoErr(failed)
					is.Equal(bytes, 47)
					is.Equal(s.Stats().Dialled, int64(1)) // on one connection
					balanced(is, s, 1, 1)
				})
			})
		}
	}
}
