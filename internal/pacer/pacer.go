// Package pacer limits the rate of a transfer.
package pacer

import (
	"context"
	"math"
	"time"

	"golang.org/x/time/rate"
)

// A Pacer limits how many bytes pass in a second, averaged over an eighth of a second. A nil
// Pacer has no limit. It is for one goroutine.
type Pacer struct {
	limiter *rate.Limiter
	burst   int64
	timer   *time.Timer // made once, so that waiting allocates nothing
}

// New returns a Pacer, or nil if bytesPerSecond is not positive. It begins without credit, so
// that the whole transfer takes as long as it should.
func New(bytesPerSecond int64) *Pacer {
	if bytesPerSecond <= 0 {
		return nil
	}
	burst := min(max(bytesPerSecond/8, 1), math.MaxInt32)
	p := &Pacer{limiter: rate.NewLimiter(rate.Limit(bytesPerSecond), int(burst)), burst: burst}
	p.limiter.AllowN(time.Now(), int(burst))
	return p
}

// Most returns how many of n bytes may pass at once.
func (p *Pacer) Most(n int64) int64 {
	if p == nil {
		return n
	}
	return min(n, p.burst)
}

// Pay waits until n bytes have been paid for, or until ctx ends, which zreq notices by itself.
// n is at most what Most returned. Pay does not use the Wait of the limiter, which gives up at
// once if ctx would end during the wait.
func (p *Pacer) Pay(ctx context.Context, n int64) {
	if p == nil || n <= 0 {
		return
	}
	now := time.Now()
	due := p.limiter.ReserveN(now, int(n)).DelayFrom(now)
	if due <= 0 {
		return
	}
	if p.timer == nil {
		p.timer = time.NewTimer(due)
	} else {
		p.timer.Reset(due)
	}
	select {
	case <-p.timer.C:
	case <-ctx.Done():
		p.timer.Stop()
	}
}
