package failover

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// maxHosts is how many hosts are remembered. A new one takes the place of the one that has
// not failed for the longest time.
const maxHosts = 16

// hosts are the hosts at which connections have stalled or broken lately. The zero value has
// none.
type hosts struct {
	mu   sync.Mutex
	list []*host
}

// host is an address at which connections have stalled or broken.
type host struct {
	address  string
	failed   time.Time          // the last time
	over     map[*link]*backoff // for each link over which it has failed
	retried  bool               // it was dialled since it failed
	answered bool               // it has answered since it failed
	guilty   bool               // its failures count for dials to it only
}

// blame notes that a connection to address has failed over l, which is one of links. It
// reports whether dials to other addresses may choose another link from now on.
func (h *hosts) blame(l *link, address string, links []*link) bool {
	now := time.Now()
	if address == "" {
		l.health.fail(now, nil)
		return true
	}
	up := running(links) // before the lock is taken, since a driver may call Suspect
	h.mu.Lock()
	defer h.mu.Unlock()
	at := h.failing(address, now)
	at.fail(l, now)
	switch {
	case at.guilty:
		return false
	case at.isDeadEnd(up):
		at.convict() // dials choose the links that it had failed over before
	default:
		l.health.fail(now, at)
	}
	return true
}

// answered notes that address has answered over l. So it was not the link if another host
// has failed over it. If several have, and over no other link, it is the link all the same:
// it may carry answers, but not the bodies behind them.
func (h *hosts) answered(l *link, address string) {
	now := time.Now()
	h.mu.Lock()
	defer h.mu.Unlock()
	var failed []*host
	only := 0
	for _, at := range h.list {
		at.answered = at.answered || at.is(address)
		if at.over[l] == nil || at.isOld(now) {
			continue
		}
		failed = append(failed, at)
		if len(at.over) == 1 {
			only++
		}
	}
	for _, at := range failed {
		if only < 2 && !at.is(address) {
			at.convict()
		}
	}
}

// running returns those of links that are up.
func running(links []*link) (up []*link) {
	for _, l := range links {
		if l.state().Up {
			up = append(up, l)
		}
	}
	return up
}

// avoided returns until when a dial to address prefers other links to those in the result.
func (h *hosts) avoided(address string, now time.Time) map[*link]time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, at := range h.list {
		if at.is(address) && !at.isOld(now) {
			return at.avoided(now)
		}
	}
	return nil
}

// failing returns the host at address, which has failed now.
func (h *hosts) failing(address string, now time.Time) *host {
	i := slices.IndexFunc(h.list, func(at *host) bool { return at.is(address) })
	switch {
	case i >= 0 && !h.list[i].isOld(now):
		return h.list[i]
	case i < 0 && len(h.list) < maxHosts:
		i = len(h.list)
		h.list = append(h.list, nil)
	case i < 0:
		i = 0
		for k, at := range h.list {
			if at.failed.Before(h.list[i].failed) {
				i = k
			}
		}
	}
	h.list[i] = &host{address: address, over: make(map[*link]*backoff)}
	return h.list[i]
}

// is reports whether the address of at is address. Names are not case-sensitive (RFC 4343).
func (at *host) is(address string) bool { return strings.EqualFold(at.address, address) }

// isOld reports whether at has not failed for so long that it does not count any more.
func (at *host) isOld(now time.Time) bool { return now.Sub(at.failed) >= forgetAfter }

// fail notes that at has failed over l.
func (at *host) fail(l *link, now time.Time) {
	if at.answered && !at.guilty {
		clear(at.over) // it works, over another link at least
	}
	at.failed, at.retried, at.answered = now, false, false
	if at.over[l] == nil {
		at.over[l] = new(backoff)
	}
	at.over[l].begin(now)
}

// avoided returns until when a dial to at prefers other links to those in the result. The
// first dial after a failure finds out whether another link is better.
func (at *host) avoided(now time.Time) map[*link]time.Time {
	until := make(map[*link]time.Time)
	for l, b := range at.over {
		switch {
		case at.guilty:
			until[l] = b.avoidUntil(now)
		case !at.retried:
			until[l] = at.failed.Add(forgetAfter)
		}
	}
	at.retried = true
	return until
}

// isDeadEnd reports whether at has failed over more than one link, and over all of up, the
// links that are up.
func (at *host) isDeadEnd(up []*link) bool {
	for _, l := range up {
		if at.over[l] == nil {
			return false
		}
	}
	return len(at.over) > 1
}

// convict makes the failures of at count for dials to it only. The links that at has failed
// over are as they were before.
func (at *host) convict() {
	at.guilty = true
	for l := range at.over {
		l.health.forgive(at)
	}
}
