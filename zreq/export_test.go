package zreq

import "time"

// Grants is how often the pool was asked whether it has a connection for a call.
func (s *Session) Grants() int {
	s.pool.mu.Lock()
	defer s.pool.mu.Unlock()
	return s.pool.grants
}

// Hosts is how many the pool knows.
func (s *Session) Hosts() int {
	s.pool.mu.Lock()
	defer s.pool.mu.Unlock()
	return len(s.pool.shelves)
}

// ParseDate is parseDate.
func ParseDate(s string) (time.Time, bool) { return parseDate(s) }
