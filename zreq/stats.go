package zreq

// Stats are the counts of a [Session].
type Stats struct {
	Open    int // connections that are open, or being dialled
	Idle    int // of those, the ones that no call has
	Waiting int // calls that wait for one

	// Since the Session began:
	Dialled int64 // connections
	Reused  int64 // requests over a connection that had carried one before
	Stale   int64 // kept connections that were dead when they were needed, or past the server's Keep-Alive
	Waited  int64 // calls that had to wait
	Retried int64 // attempts after the first
}

// Stats returns the counts, as they are at one moment but for those since the
// beginning.
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
