package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// A kept connection on which the first write fails is stale, and nothing went out on
// it.
func TestSessionStatsOfADeadWrite(t *testing.T) {
	is := is.New(t)
	peer := zreqtest.NewPeer(t, answering(noContent), answering(noContent))
	dying := &dyingDriver{Driver: peer}
	s := &zreq.Session{Driver: dying, Retry: atOnce}
	defer s.Close()
	_, err := s.Get(context.Background(), site, nil)
	is.NoErr(err)
	dying.dead = true
	_, err = s.Post(context.Background(), site, nil)
	is.NoErr(err) // it is replaced
	stats := s.Stats()
	is.Equal(stats.Dialled, int64(2))
	is.Equal(stats.Reused, int64(0)) // nothing went out over the dead one
	is.Equal(stats.Stale, int64(1))  // which was stale
}

// What cannot be asked for is not sent: credentials that fail for the second attempt
// end the call.
func TestSessionRetryCannotBeMade(t *testing.T) {
	is := is.New(t)
	peer := zreqtest.NewPeer(t, answering(page(503, "busy"), noContent))
	wire := newTripwire(peer)
	errNoToken := errors.New("no token")
	put := int64(-1) // until the credentials failed
	auth := &asker{give: func(zreq.AuthRequest) (string, error) {
		if put == 0 {
			put = wire.put.Load()
			return "", errNoToken
		}
		put = 0
		return "Bearer x", nil
	}}
	s := &zreq.Session{Driver: wire, Retry: atOnce}
	defer s.Close()
	_, err := s.Get(context.Background(), site, &zreq.Args{Auth: auth, Timeouts: zreq.Timeouts{Head: time.Second}})
	is.Equal(wire.put.Load(), put) // not a byte went out after it: half a head is no request
	is.True(errors.Is(err, errNoToken))
}

// Close ends the Session, also for calls that bring a connection of their own.
func TestSessionClosedForAConnection(t *testing.T) {
	is := is.New(t)
	peer := answers(t, noContent)
	conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
	is.NoErr(err)
	defer conn.Close()
	s := &zreq.Session{Driver: peer}
	is.NoErr(s.Close())
	_, err = s.Get(context.Background(), site, &zreq.Args{Connection: conn})
	is.True(errors.Is(err, zreq.ErrClosed)) // calls that come later fail
}

// Who waited when the Session was closed would fail again.
func TestSessionClosedIsNotSafeToRetry(t *testing.T) {
	for name, tt := range map[string]struct {
		script []zreqtest.Step
		pool   zreq.PoolLimits
	}{
		"for a connection": {answering(byLength("hello")), zreq.PoolLimits{Open: 1}},
		"for an attempt":   {[]zreqtest.Step{zreqtest.Refuse()}, zreq.PoolLimits{}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, tt.script)
				s := &zreq.Session{Driver: peer, Retry: zreq.Retry{Wait: time.Hour, MaxWait: time.Hour, Time: -1}, Pool: tt.pool}
				if tt.pool.Open == 1 {
					defer holding(t, s, site).Close()
				}
				over := make(chan error, 1)
				go func() {
					_, err := s.Get(context.Background(), site, nil)
					over <- err
				}()
				synctest.Wait()
				is.NoErr(s.Close())
				err := <-over
				is.True(errors.Is(err, zreq.ErrClosed))
				is.True(!zreq.SafeToRetry(err)) // as of a Connection that its owner closed
			})
		})
	}
}

// What came while the body of the request was made is no answer, even if that turned
// out to be empty.
func testSessionDesynchronisedByAnEmptyBody(t *testing.T) {
	for _, bare := range []bool{false, true} {
		t.Run(fmt.Sprint("bare ", bare), func(t *testing.T) { askedLate(t, "", bare) })
	}
}
