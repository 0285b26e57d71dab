package upload

import (
	"context"
	"math"
	"time"

	"golang.org/x/time/rate"
)

// pacer limits the rate at which bytes are sent. A nil pacer has no limit.
type pacer struct {
	limiter *rate.Limiter
	burst   int
	wait    func(d time.Duration)
}

// newPacer returns a pacer for one upload under ctx. It begins without credit, so that
// the whole upload takes as long as it should.
func newPacer(ctx context.Context, bytesPerSecond int64) *pacer {
	burst := int(min(max(bytesPerSecond/8, 1), math.MaxInt32))
	p := &pacer{limiter: rate.NewLimiter(rate.Limit(bytesPerSecond), burst), burst: burst}
	p.limiter.AllowN(time.Now(), burst)
	var timer *time.Timer // made once, so that waiting allocates nothing
	p.wait = func(d time.Duration) {
		if timer == nil {
			timer = time.NewTimer(d)
		} else {
			timer.Reset(d)
		}
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
		}
	}
	return p
}

// most returns how many of n bytes may be sent at once.
func (p *pacer) most(n int64) int64 {
	if p == nil {
		return n
	}
	return min(n, int64(p.burst))
}

// pay waits until n bytes have been paid for, or until the context has ended, which zreq
// notices by itself. n is at most what most returned. pay does not use the Wait of the
// limiter, which gives up at once if the context would end during the wait.
func (p *pacer) pay(n int64) {
	if p == nil || n <= 0 {
		return
	}
	now := time.Now()
	if due := p.limiter.ReserveN(now, int(n)).DelayFrom(now); due > 0 {
		p.wait(due)
	}
}
