package failover

import (
	"math/rand/v2"
	"sync"
	"time"
)

const (
	firstBackoff = 10 * time.Second // at most, after the first failure
	maxBackoff   = 5 * time.Minute  // at most, however often a link has failed
	forgetAfter  = 2 * maxBackoff   // a failure so long ago does not count any more
)

// health is what is known about a link from its Linker and from earlier dials. The zero
// value is a link that works.
type health struct {
	mu      sync.Mutex
	down    bool // as its Linker said last
	backoff backoff
	before  backoff // what it was before the last one began
}

// note takes the state of the link from its Linker. A link that has come up is as good as
// new.
func (h *health) note(up bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if up && h.down {
		h.backoff = backoff{}
	}
	h.down = !up
}

// avoidUntil returns until when other links are preferred, or the zero time.
func (h *health) avoidUntil(now time.Time) time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.backoff.avoidUntil(now)
}

// try notes that a dial begins.
func (h *health) try(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.backoff.try(now)
}

// abandon notes that a dial has ended and says nothing about the link: the next one finds out.
func (h *health) abandon() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.backoff.tried = time.Time{}
}

// succeed notes that a dial has succeeded, or that something beyond the link has answered.
func (h *health) succeed() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.backoff.until = time.Time{}
}

// fail notes that a dial has failed, or a connection to a host. by is nil for a dial, and if
// the host is not known.
func (h *health) fail(now time.Time, by *host) {
	h.mu.Lock()
	defer h.mu.Unlock()
	before := h.backoff
	if h.backoff.begin(now) {
		h.before, h.backoff.by = before, by
	} else if h.backoff.by != by {
		h.backoff.by = nil
	}
}

// forgive undoes what fail has done for a host, if nothing else has failed since.
func (h *health) forgive(by *host) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.backoff.by == by {
		h.backoff = h.before
	}
}

// backoff is the time for which other links are preferred to one that has failed.
type backoff struct {
	failures int       // that count for the next backoff
	failed   time.Time // when the link failed last
	until    time.Time // the end of the backoff; zero if the link has worked since
	tried    time.Time // by the last dial after the backoff; zero if none is under way
	by       *host     // the only one that has failed since it began; nil if that is not so
}

// begin begins a backoff. Dials that fail during a backoff began before it, or had no
// better link: they do not count, and begin returns false.
func (b *backoff) begin(now time.Time) bool {
	if now.Before(b.until) {
		return false
	}
	if now.Sub(b.failed) >= forgetAfter {
		b.failures = 0
	}
	b.failures++
	b.failed, b.tried = now, time.Time{}
	b.until = now.Add(jitter(bound(b.failures)))
	return true
}

// avoidUntil returns until when other links are preferred, or the zero time. After the backoff
// one dial tries the link. Until it has ended, other dials still prefer the other links.
func (b *backoff) avoidUntil(now time.Time) time.Time {
	switch {
	case b.until.IsZero():
		return time.Time{}
	case now.Before(b.until):
		return b.until
	case !b.tried.IsZero() && now.Before(b.tried.Add(maxShare)):
		return b.tried.Add(maxShare)
	}
	return time.Time{}
}

// try notes that a dial begins. It counts if the backoff is over and no dial has succeeded
// since.
func (b *backoff) try(now time.Time) {
	if !b.until.IsZero() && !now.Before(b.until) {
		b.tried = now
	}
}

// bound returns the longest backoff after so many failures.
func bound(failures int) time.Duration {
	d := firstBackoff
	for ; failures > 1 && d < maxBackoff; failures-- {
		d *= 2
	}
	return min(d, maxBackoff)
}

// jitter returns a random time between half of d and d.
func jitter(d time.Duration) time.Duration { return d/2 + rand.N(d/2) }
