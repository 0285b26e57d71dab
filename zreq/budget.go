package zreq

import (
	"sync"
	"time"

	"github.com/zreq-go/zreq/zreq/internal/line"
)

const (
	defaultBudget = 32
	maxBudget     = 1 << 20
	retryCost     = 10              // tenths of a retry; a call that succeeds returns one
	refillEvery   = 6 * time.Second // the time that returns one
)

// budget is a token bucket for retries. It is full when nothing is spent.
type budget struct {
	mu    sync.Mutex   // guards what follows
	spent int          // in tenths of a retry
	since line.Instant // the last refill
}

// spend takes a retry out of a bucket of size retries. If there is none, it returns the time
// until there is one, if no call succeeds before that.
func (b *budget) spend(size int, at line.Instant) (wait time.Duration, ok bool) {
	if size == 0 {
		size = defaultBudget
	}
	size = min(size, maxBudget)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.spent == 0 {
		b.since = at
	}
	refill := max(0, at.Sub(b.since)) / refillEvery
	b.since = b.since.Add(refill * refillEvery)
	b.spent = int(max(0, int64(b.spent)-int64(refill)))
	if lacking := b.spent + retryCost - size*retryCost; lacking > 0 {
		return b.since.Add(time.Duration(lacking) * refillEvery).Sub(at), false
	}
	b.spent += retryCost
	return 0, true
}

// refund puts tenths of a retry back.
func (b *budget) refund(tenths int) {
	b.mu.Lock()
	b.spent = max(0, b.spent-tenths)
	b.mu.Unlock()
}
