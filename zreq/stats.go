package zreq

import "sync/atomic"

// Stats are the counts of a [Session].
type Stats struct {
	Open    int // connections that are open or being dialled
	Idle    int // open connections that no call is using
	Waiting int // calls that wait for a connection

	// The others count since the Session was made.
	Dialled int64 // connections that were dialled
	Reused  int64 // requests over a connection that had carried one before
	Stale   int64 // kept connections that were dead when they were needed, or past the Keep-Alive of the server
	Waited  int64 // calls that had to wait
	Retried int64 // attempts after the first
}

// counts are those that a Session keeps since it was made.
type counts struct{ dialled, reused, stale, waited, retried atomic.Int64 }

// note counts what a Trace is told.
func (c *counts) note(kind EventKind, reused bool, err error) {
	switch kind {
	case EventDialled:
		if err == nil {
			c.dialled.Add(1)
		}
	case EventSentHead:
		if reused {
			c.reused.Add(1)
		}
	case EventStale:
		c.stale.Add(1)
	case EventWait:
		c.waited.Add(1)
	}
}
