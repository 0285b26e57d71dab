package failover

import (
	"math/rand/v2"
	"strings"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

const (
	firstBackoff = 10 * time.Second // at most, after the first failure
	maxBackoff   = 5 * time.Minute  // at most, however often a link has failed
	forgetAfter  = 2 * maxBackoff   // a failure so long ago does not count any more
)

// health is what is known about a link from earlier dials. The zero value is a link that
// works.
type health struct {
	down     bool      // as its Linker said last
	failures int       // that count for the next backoff
	failed   time.Time // when it failed last
	until    time.Time // the end of the backoff; zero if a dial has succeeded since
	tried    time.Time // by the last dial after the backoff; zero if there was none
}

// up reports whether the link is up, as far as its driver knows.
func (l *link) up() bool {
	linker, ok := l.driver.(netdriver.Linker)
	if !ok {
		return true
	}
	up := linker.Link().Up
	l.note(up)
	return up
}

// note takes the state of the link from its Linker. A link that has come up is as good as
// new.
func (l *link) note(up bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if up && l.health.down {
		l.health = health{}
	}
	l.health.down = !up
}

// backoff returns until when other links are preferred, or the zero time. After that time
// one dial tries the link, and the others wait for what it finds.
func (l *link) backoff(now time.Time) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	h := &l.health
	switch {
	case h.until.IsZero():
		return time.Time{}
	case now.Before(h.until):
		return h.until
	case !h.tried.IsZero() && now.Before(h.tried.Add(maxShare)):
		return h.tried.Add(maxShare)
	}
	return time.Time{}
}

// try notes that a dial begins.
func (l *link) try() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := time.Now(); !l.health.until.IsZero() && !now.Before(l.health.until) {
		l.health.tried = now
	}
}

// succeed notes that a dial has succeeded.
func (l *link) succeed() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.health.until = time.Time{}
}

// fail begins a backoff. Dials that fail during a backoff began before it, or had no
// better link: they do not count.
func (l *link) fail() {
	l.mu.Lock()
	defer l.mu.Unlock()
	h, now := &l.health, time.Now()
	if now.Before(h.until) {
		return
	}
	if now.Sub(h.failed) >= forgetAfter {
		h.failures = 0
	}
	h.failures++
	h.failed, h.tried = now, time.Time{}
	h.until = now.Add(jitter(bound(h.failures)))
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

// Suspect makes the dials that follow prefer the other links for a while, as if a dial over
// link had failed. A name with a slash, as nested drivers have, is passed on to the driver
// of the link, if that is a [netdriver.Suspecter].
func (d *Driver) Suspect(link string) {
	name, below, nested := strings.Cut(link, "/")
	l := d.find(name)
	if l == nil {
		return
	}
	if s, ok := l.driver.(netdriver.Suspecter); ok && nested {
		s.Suspect(below)
		return
	}
	l.fail()
}
