package memnet

import "sync"

// stream is one direction of a connection: a ring of fixed size that exists
// only while bytes lie in it.
type stream struct {
	changed sync.Cond // on the pair's mutex, which guards all fields
	ring    []byte    // owned; from spare and back to it
	start   int       // of the first unread byte
	unread  int
	ended   bool // the writer has said its last
	deaf    bool // the reader has closed
}

// put copies what fits and returns how much that was.
func (s *stream) put(p []byte, size int, spare *spare) int {
	n := min(len(p), size-s.unread)
	if n == 0 {
		return 0
	}
	if s.ring == nil {
		s.ring = spare.take(size)
	}
	end := (s.start + s.unread) % size
	first := copy(s.ring[end:], p[:n])
	copy(s.ring, p[first:n])
	s.unread += n
	s.changed.Broadcast()
	return n
}

// take copies what there is and returns how much that was.
func (s *stream) take(p []byte, spare *spare) int {
	n := min(len(p), s.unread)
	if n == 0 {
		return 0
	}
	first := copy(p[:n], s.ring[s.start:])
	copy(p[first:n], s.ring)
	s.start = (s.start + n) % len(s.ring)
	s.unread -= n
	if s.unread == 0 {
		s.drop(spare)
	}
	s.changed.Broadcast()
	return n
}

// drop forgets the unread bytes.
func (s *stream) drop(spare *spare) {
	if s.ring != nil {
		spare.give(s.ring)
	}
	s.ring, s.start, s.unread = nil, 0, 0
}

// spare keeps a few rings for the next stream that needs one.
type spare struct {
	mu    sync.Mutex
	rings [maxSpare][]byte
	n     int
}

// maxSpare is enough for two connections with bytes both ways.
const maxSpare = 4

func (s *spare) take(size int) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.n > 0 {
		s.n--
		ring := s.rings[s.n]
		s.rings[s.n] = nil
		if len(ring) == size {
			return ring
		}
	}
	return make([]byte, size)
}

func (s *spare) give(ring []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.n < maxSpare {
		s.rings[s.n] = ring
		s.n++
	}
}
