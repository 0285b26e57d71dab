package zreq

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

// Stats returns the counts. Open, Idle and Waiting are those of one moment.
func (s *Session) Stats() Stats {
	if s == nil {
		return Stats{}
	}
	open, idle, waiting := s.pool.size()
	return Stats{
		Open: open, Idle: idle, Waiting: waiting,
		Dialled: s.dialled.Load(),
		Reused:  s.reused.Load(),
		Stale:   s.stale.Load(),
		Waited:  s.waited.Load(),
		Retried: s.retried.Load(),
	}
}

// count counts what a Trace is told.
func (s *Session) count(kind EventKind, reused bool, err error) {
	switch kind {
	case EventDialled:
		if err == nil {
			s.dialled.Add(1)
		}
	case EventSentHead:
		if reused {
			s.reused.Add(1)
		}
	case EventStale:
		s.stale.Add(1)
	case EventWait:
		s.waited.Add(1)
	}
}
