package digest

import (
	"hash/maphash"
	"slices"
)

// What an Auth remembers is bounded. What is least recently used goes first.
const (
	maxServers  = 8
	maxSessions = 4  // of one server
	maxNonces   = 32 // of one server, whose counts are known
)

// A memory is what an Auth knows of servers, the latest first.
type memory []*server

// A server is an origin.
type server struct {
	origin   string
	sessions []*session // the one challenged last is first
	nonces   []nonce    // those of the last challenges, the latest first
}

// A nonce is kept longer than its sessions, without its text: a server that still
// knows it refuses a count that was used before. A challenge that was long on its
// way, while others were answered, may bring it back.
type nonce struct {
	hash  uint64
	count *uint32 // of requests with it
}

var seed = maphash.MakeSeed()

// A session is what was agreed on with a nonce (RFC 7616, 3.6).
type session struct {
	*offer
	count *uint32 // of requests with the nonce: nc of the last. Shared by its sessions
	past  bool    // it begins no more requests: the realm has given another nonce, say
}

// server returns the server of an origin, nil if it is not known. Neither scheme
// nor host has a case (RFC 3986, 6.2.2.1).
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

// begin returns the session for the first request of a call, nil if there is none
// for its target yet. An origin that has never asked takes no place.
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

// challenged adds what is agreed on by o. It takes the place of what was agreed on
// with the same nonce, but goes on with its count.
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

// counted makes the nonce the latest of s and returns its count: the one that a
// session has, if any, or the one that is known, or a new one.
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
