package memnet

import (
	"sync"
	"time"
)

// deadline is a point in time at which calls that wait on wake are woken. wake.L guards
// its fields and is held when its methods are called. The timer is created on first use,
// so that it belongs to the bubble that uses it.
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

// arm marks the deadline as passed, or sets the timer to do so.
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

// fire may run late, after the deadline has moved. It then arms the timer again.
func (d *deadline) fire() {
	d.wake.L.Lock()
	defer d.wake.L.Unlock()
	if !d.passed && !d.at.IsZero() {
		d.arm()
	}
}
