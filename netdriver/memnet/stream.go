package memnet

import "sync"

// stream is one direction of a connection. Its buffer is a ring of fixed size that exists
// only while it holds bytes.
type stream struct {
	changed sync.Cond // uses the mutex of the pair, which guards all fields
	ring    []byte    // owned; from spare, and returned to it
	start   int       // of the first unread byte
	unread  int
	ended   bool // the writer has closed
	deaf    bool // the reader has closed
}

// put copies as much of p as fits, and returns how much that was.
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

// take copies what there is to p, and returns how much that was.
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

// drop discards the unread bytes.
func (s *stream) drop(spare *spare) {
	if s.ring != nil {
		spare.give(s.ring)
	}
	s.ring, s.start, s.unread = nil, 0, 0
}

// spare keeps a few rings for reuse.
type spare struct {
	mu    sync.Mutex
	rings [maxSpare][]byte
	n     int
}

// maxSpare is enough for two connections with bytes in both directions.
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
