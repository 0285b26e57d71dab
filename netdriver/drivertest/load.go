package drivertest

import (
	"sync/atomic"
	"testing"
	"time"
)

// load measures how long the machine keeps this process from running, so that a slow
// machine is not taken for a slow driver.
type load struct {
	worst atomic.Int64 // nanoseconds, since the test began
	beats atomic.Int64 // how often it was measured
	stop  chan struct{}
	ended chan struct{}
}

const tick = 5 * time.Millisecond

func measureLoad() *load {
	l := &load{stop: make(chan struct{}), ended: make(chan struct{})}
	go l.run()
	return l
}

func (l *load) run() {
	defer close(l.ended)
	ticker := time.NewTimer(tick)
	defer ticker.Stop()
	for {
		begun := time.Now()
		ticker.Reset(tick)
		select {
		case <-l.stop:
			return
		case <-ticker.C:
		}
		stalled := int64(time.Since(begun) - tick)
		if stalled > l.worst.Load() {
			l.worst.Store(stalled)
		}
		l.beats.Add(1)
	}
}

func (l *load) end() {
	close(l.stop)
	<-l.ended
}

// inTime reports whether late is at most 100 ms, plus Slack and the worst stall.
func (l *load) inTime(t *testing.T, late time.Duration) bool {
	t.Helper()
	return l.within(t, late, promised+Slack)
}

// soon reports whether a call that need not wait took at most a second, plus the worst
// stall.
func (l *load) soon(t *testing.T, took time.Duration) bool {
	t.Helper()
	return l.within(t, took, time.Second)
}

func (l *load) within(t *testing.T, late, limit time.Duration) bool {
	t.Helper()
	if late <= limit {
		return true
	}
	// If the machine has just stalled, this may run before the stall is measured. The
	// beat after the next began when it was over.
	for from := l.beats.Load(); l.beats.Load() < from+2; {
		time.Sleep(tick)
	}
	stall := time.Duration(l.worst.Load())
	if late <= limit+stall {
		return true
	}
	t.Logf("late by %v; the machine stalled for at most %v", late, stall)
	return false
}
