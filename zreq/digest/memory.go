package digest

import (
	"hash/maphash"
	"slices"
)

// Limits of what an Auth remembers. The least recently used is dropped first.
const (
	maxServers  = 8
	maxSessions = 4  // for each server
	maxNonces   = 32 // for each server, with their counts
)

// A memory holds the known servers, the most recently used first.
type memory []*server

// A server is an origin.
type server struct {
	origin   string
	sessions []*session // the one challenged last is first
	nonces   []nonce    // of the last challenges, the latest first
}

// A nonce is the hash of a nonce, which is kept longer than its sessions. A server that
// still knows the nonce refuses a count that was used before, and a challenge that was
// delayed while others were answered may use it again.
type nonce struct {
	hash  uint64
	count *uint32 // of requests with the nonce
}

var seed = maphash.MakeSeed()

// A session is an offer that was answered, with its nonce count (RFC 7616, 3.6).
type session struct {
	*offer
	count *uint32 // nc of the last request; shared by the sessions of the nonce
	past  bool    // it is not used for new requests, for example because the realm has another nonce
}

// server returns the server of an origin, or nil if it is not known. Scheme and host are
// compared without case (RFC 3986, 6.2.2.1).
func (m memory) server(origin string) *server {
	i := slices.IndexFunc(m, func(s *server) bool { return equalFold(s.origin, origin) })
	if i < 0 {
		return nil
	}
	s := m[i]
	copy(m[1:], m[:i])
	m[0] = s
	return s
}

// begin returns the session for the first request of a call, or nil if there is none for
// its target yet. An origin that has never sent a challenge takes no place.
func (m memory) begin(origin, target string) *session {
	s := m.server(origin)
	if s == nil {
		return nil
	}
	var best *session
	longest := -1
	for _, known := range s.sessions {
		if n := known.covers(s.origin, target); n > longest && !known.past {
			best, longest = known, n
		}
	}
	return best
}

// challenged returns the session for the second request of a call.
func (m *memory) challenged(origin string, o *offer) *session {
	s := m.server(origin)
	if s == nil {
		s = &server{origin: origin}
		*m = slices.Insert((*m)[:min(len(*m), maxServers-1)], 0, s)
	}
	return s.challenged(o)
}

// challenged adds a session for o. It replaces the session with the same nonce and realm,
// and continues the count of the nonce.
func (s *server) challenged(o *offer) *session {
	fresh := &session{offer: o}
	again := -1
	for i, known := range s.sessions {
		sameNonce, sameRealm := known.nonce == o.nonce, known.realm == o.realm
		if sameNonce {
			fresh.count = known.count
		}
		if sameNonce && sameRealm {
			again = i
		}
		known.past = known.past || sameRealm
	}
	fresh.count = s.counted(o.nonce, fresh.count)
	if again >= 0 {
		s.sessions = slices.Delete(s.sessions, again, again+1)
	}
	s.sessions = slices.Insert(s.sessions, 0, fresh)
	s.sessions = s.sessions[:min(len(s.sessions), maxSessions)]
	return fresh
}

// counted makes the nonce the latest of s and returns its count: count if it is not nil,
// or else the known one, or else a new one.
func (s *server) counted(text string, count *uint32) *uint32 {
	n := nonce{maphash.String(seed, text), count}
	i := slices.IndexFunc(s.nonces, func(known nonce) bool { return known.hash == n.hash })
	if i >= 0 {
		if n.count == nil {
			n.count = s.nonces[i].count
		}
		s.nonces = slices.Delete(s.nonces, i, i+1)
	}
	if n.count == nil {
		n.count = new(uint32)
	}
	s.nonces = slices.Insert(s.nonces[:min(len(s.nonces), maxNonces-1)], 0, n)
	return n.count
}
