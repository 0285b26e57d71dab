package memnet

import (
	"sync"
	"time"
)

// deadline is a point in time that wakes who waits on wake. Its fields are
// guarded by wake.L, its methods called with it held. The timer is made once,
// on first use, so that it belongs to the bubble that uses it.
type deadline struct {
	wake   *sync.Cond
	at     time.Time
	passed bool
	timer  *time.Timer
}

func (d *deadline) set(t time.Time) {
	d.at, d.passed = t, false
	if d.timer != nil {
		d.timer.Stop()
	}
	if t.IsZero() {
		return
	}
	d.arm()
}

// arm marks the deadline as passed, or has the timer do it when it is.
func (d *deadline) arm() {
	rest := time.Until(d.at)
	switch {
	case rest <= 0:
		d.passed = true
		d.wake.Broadcast()
	case d.timer == nil:
		d.timer = time.AfterFunc(rest, d.fire)
	default:
		d.timer.Reset(rest)
	}
}

// fire may come late, when the deadline has already moved: then it arms again.
func (d *deadline) fire() {
	d.wake.L.Lock()
	defer d.wake.L.Unlock()
	if !d.passed && !d.at.IsZero() {
		d.arm()
	}
}
