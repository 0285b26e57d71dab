package zreq_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// queueing dials connections whose system still holds what held says, that long after
// the dial.
type queueing struct {
	netdriver.Driver
	held func(since time.Duration) int
}

type queueingConn struct {
	*memnet.Conn
	began time.Time
	held  func(time.Duration) int
}

func (d queueing) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := d.Driver.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return queueingConn{c.(*memnet.Conn), time.Now(), d.held}, nil
}

func (c queueingConn) Queued() int { return c.held(time.Since(c.began)) }

// TestHeadLimitBehindABody: Timeouts.Head begins when the last of the body has left the
// system, as well as that can be told, and not when the driver has taken it. Until then
// Timeouts.Write holds.
func TestHeadLimitBehindABody(t *testing.T) {
	const head, write = 3 * time.Second, 5 * time.Second
	for name, tt := range map[string]struct {
		held  func(time.Duration) int
		began time.Duration // the limit
		limit time.Duration
	}{
		"all has left":     {func(time.Duration) int { return 0 }, 0, head},
		"it leaves slowly": {func(t time.Duration) int { return max(0, 1000-int(t/(10*time.Millisecond))) }, 10 * time.Second, head},
		"it leaves at the last moment": {func(t time.Duration) int {
			if t < write-time.Millisecond {
				return 1000
			}
			return 0
		}, write - time.Millisecond, head},
		"nothing leaves": {func(time.Duration) int { return 1000 }, 0, write},
		"half of it leaves": {func(t time.Duration) int {
			return max(500, 1000-int(t/time.Millisecond))
		}, 500 * time.Millisecond, write},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Hold()})
				began := time.Now()
				_, err := zreq.Put(context.Background(), site, &zreq.Args{
					Driver: queueing{peer, tt.held}, Timeouts: zreq.Timeouts{Head: head, Write: write}, Body: strings.NewReader("hello"),
				})
				took := time.Since(began) - tt.began
				limit := map[time.Duration]string{head: "Timeouts.Head of 3s", write: "Timeouts.Write of 5s"}[tt.limit]
				is.True(strings.Contains(err.Error(), limit+" is over"))
				is.True(took >= tt.limit)            // never early
				is.True(took <= tt.limit+tt.limit/8) // and at most an eighth late
			})
		})
	}
	t.Run("an answer behind it", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Pause(4 * time.Second), zreqtest.Send(noContent)})
			held := func(t time.Duration) int { return max(0, 200-int(t/(10*time.Millisecond))) }
			_, err := zreq.Put(context.Background(), site, &zreq.Args{
				Driver: queueing{peer, held}, Timeouts: zreq.Timeouts{Head: head}, Body: strings.NewReader("hello"),
			})
			is.NoErr(err)
		})
	})
	t.Run("the call is cancelled", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Hold()})
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			began := time.Now()
			_, err := zreq.Put(ctx, site, &zreq.Args{
				Driver: queueing{peer, func(time.Duration) int { return 1000 }}, Body: strings.NewReader("hello"),
			})
			is.True(errors.Is(err, context.DeadlineExceeded))
			is.Equal(time.Since(began), time.Second)
		})
	})
}
