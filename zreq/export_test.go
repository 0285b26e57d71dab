package zreq

import "time"

// URLParts is what splitURL makes of a URL.
type URLParts struct {
	HTTPS                bool
	Userinfo, Host, Zone string
	Path, Query          string
	Port                 int
}

// SplitURL is splitURL.
func SplitURL(url string) (URLParts, error) {
	var t target
	err := t.split(url)
	return URLParts{t.https, t.userinfo, t.host, t.zone, t.path, t.query, t.port}, err
}

// Resolve is what a Location leads to from the URL base.
func Resolve(base, location string) (string, error) {
	var t target
	if err := t.split(base); err != nil {
		return "", err
	}
	return t.resolve(location), nil
}

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
