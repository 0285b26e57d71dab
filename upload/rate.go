package upload

import (
	"context"
	"math"
	"time"

	"golang.org/x/time/rate"
)

// pacer holds back what would leave too fast. A nil pacer holds back nothing.
type pacer struct {
	limiter *rate.Limiter
	burst   int
	wait    func(d time.Duration)
}

// newPacer returns a pacer for one upload under ctx. It begins without credit: the
// whole takes the time that it should.
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

// most is how many of n bytes may leave at once.
func (p *pacer) most(n int64) int64 {
	if p == nil {
		return n
	}
	return min(n, int64(p.burst))
}

// pay waits until n bytes, no more than most allowed, are paid for, or the context
// has ended, which zreq sees by itself. The limiter is only asked, and not left to
// wait: its own wait gives up as soon as the context would end.
func (p *pacer) pay(n int64) {
	if p == nil || n <= 0 {
		return
	}
	now := time.Now()
	if due := p.limiter.ReserveN(now, int(n)).DelayFrom(now); due > 0 {
		p.wait(due)
	}
}
