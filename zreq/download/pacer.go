package download

import (
	"context"
	"math"
	"time"

	"golang.org/x/time/rate"

	"github.com/zreq-go/zreq/internal/backoff"
)

// pacer limits the rate at which a body is read. A nil pacer has no limit.
type pacer struct {
	limiter *rate.Limiter
	burst   int64
}

// newPacer returns a pacer without credit, so that the whole takes as long as it should.
func newPacer(bytesPerSecond int64) *pacer {
	if bytesPerSecond <= 0 {
		return nil
	}
	burst := min(max(bytesPerSecond/8, 1), math.MaxInt32)
	p := &pacer{rate.NewLimiter(rate.Limit(bytesPerSecond), int(burst)), burst}
	p.limiter.AllowN(time.Now(), int(burst))
	return p
}

// most returns how many of n bytes may be taken at once.
func (p *pacer) most(n int64) int64 {
	if p == nil {
		return n
	}
	return min(n, p.burst)
}

// pay waits until n bytes have been paid for, or until ctx has ended, which zreq notices
// by itself. n is at most what most returned.
func (p *pacer) pay(ctx context.Context, n int64) {
	if p == nil || n <= 0 {
		return
	}
	now := time.Now()
	_ = backoff.Sleep(ctx, p.limiter.ReserveN(now, int(n)).DelayFrom(now))
}
