package digest

import "slices"

// What an Auth remembers is bounded. What is least recently used goes first.
const (
	maxServers  = 8
	maxSessions = 4   // of one server
	maxUnderWay = 256 // requests of one server
)

// A memory is what an Auth knows of servers, the latest first.
type memory []*server

// A server is an origin.
type server struct {
	origin   string
	sessions []*session // the one challenged last is first
	underWay int        // first requests, of which no challenge has come back yet
}

// A session is what was agreed on with a nonce (RFC 7616, 3.6).
//
// A 401 for a nonce that the refused request carried says that the password is
// wrong, and an answer would say the same again. But an [Auth] is not told what
// the refused request carried, and a server may give one nonce to many. So strays
// counts the requests that may still come back with the nonce without having
// carried it: those under way when it came up, and those that went without it
// since. It may count one that came to a good end; then the server is told a
// wrong password once more.
type session struct {
	*offer
	count  *uint32 // of requests with the nonce: nc of the last. Shared by realms
	strays int
	past   bool // the realm has given another nonce since
}

// server returns the server of an origin, which it makes if it has to.
func (m *memory) server(origin string) *server {
	i := slices.IndexFunc(*m, func(s *server) bool { return s.origin == origin })
	if i < 0 {
		i = min(len(*m), maxServers-1)
		*m = append((*m)[:i], &server{origin: origin})
	}
	s := (*m)[i]
	copy((*m)[1:], (*m)[:i])
	(*m)[0] = s
	return s
}

// begin returns the session for the first request of a call, nil if there is none
// for its target yet.
func (s *server) begin(target string) *session {
	var best *session
	longest := -1
	for _, known := range s.sessions {
		if n := known.covers(s.origin, target); n > longest && !known.past {
			best, longest = known, n
		}
	}
	for _, known := range s.sessions {
		if known != best {
			known.strays = min(known.strays+1, maxUnderWay)
		}
	}
	s.underWay = min(s.underWay+1, maxUnderWay)
	return best
}

// challenged returns the session for the second request of a call, nil if there
// is nothing to add to the first.
func (s *server) challenged(o *offer) *session {
	s.underWay = max(s.underWay-1, 0)
	fresh := &session{offer: o, count: new(uint32), strays: s.underWay}
	again := -1
	for i, known := range s.sessions {
		sameNonce, sameRealm := known.nonce == o.nonce, known.realm == o.realm
		if sameNonce {
			fresh.count = known.count
		}
		if sameNonce && sameRealm {
			again = i
		}
	}
	if again >= 0 {
		known := s.sessions[again]
		fresh.strays = known.strays
		switch {
		case o.stale:
		case known.strays == 0:
			return nil
		default:
			fresh.strays--
		}
		s.sessions = slices.Delete(s.sessions, again, again+1)
	}
	for _, known := range s.sessions {
		known.past = known.past || known.realm == o.realm
	}
	s.sessions = slices.Insert(s.sessions, 0, fresh)
	s.sessions = s.sessions[:min(len(s.sessions), maxSessions)]
	return fresh
}
