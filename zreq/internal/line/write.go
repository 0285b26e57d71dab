package line

import (
	"context"
	"io"
	"math"
	"time"
)

// A write that can be cut has a deadline of a 32nd of its limit, and of 80 ms at most. So an
// early answer is seen soon, and it is known when something last moved. Where a write
// cannot be cut, an answer is looked for as often between two writes.
const (
	slices    = 32
	sliceWait = 80 * time.Millisecond
)

// maxWrite is what one write is given where it cannot be taken up again: it has the whole
// limit, and a slow peer is told from a dead one by whether it takes so much. It is
// wideWrite, of which TLS makes one record as well, when quickRun went in quick writes:
// what is quick may only go into a buffer below, and the write that finds that full must
// not be a large one. In one of more than that, as the system's, a blocked write waits for
// far more room anyway.
const (
	maxWrite  = 4 << 10
	wideWrite = 16 << 10
	quickRun  = 128 << 10

	// slicedWrite takes the place of wideWrite where a write can be taken up again, as in TLS.
	// A TLS takes no more of it than a record, unless a write that was cut is seen to move
	// because the driver says what the system holds.
	slicedWrite = 32 << 10
)

// Write writes what one write may take of p, within limit, and returns how much that was:
// nothing, without an error, if only the time slice of the write is over. If a deadline has
// cut a write in TLS, Unfinished says so, and another Write has to finish it, if only of nothing.
func (s *Socket) Write(ctx context.Context, p []byte, limit time.Duration, m *Meter) (int, error) {
	if err := s.BeginWrite(ctx, limit, m); err != nil {
		return 0, err
	}
	p = p[:min(len(p), s.most(m))]
	n, err := s.conn.Write(p)
	if n < 0 || n > len(p) {
		n, err = len(p), ErrBadCount
	}
	return n, s.EndWrite(n, err, limit, m)
}

// Unfinished reports whether a write was cut that the next one has to finish.
func (s *Socket) Unfinished() bool { return s.unfinished }

// most is what one write is given. Where what it has moved is not known before its end,
// a window of the meter has to see several.
func (s *Socket) most(m *Meter) int {
	switch {
	case s.counts && s.sliced:
		return math.MaxInt
	case m.On() && !s.counts:
		return int(min(maxWrite, max(64, m.Bytes/16)))
	case m.quick < quickRun:
		return maxWrite
	case s.sliced:
		return slicedWrite
	}
	return wideWrite
}

// BeginWrite makes the next write fail when limit has passed since something moved, or when
// its slice or the window of m is over. It and EndWrite are for a write that is not made by
// Write.
func (s *Socket) BeginWrite(ctx context.Context, limit time.Duration, m *Meter) error {
	wait := limit
	m.begin()
	if m.movedAt == 0 {
		m.movedAt, m.queued = m.since, math.MaxInt
	}
	if s.sliced {
		if wait /= slices; wait <= 0 || wait > sliceWait {
			wait = sliceWait
		}
	}
	if m.On() && (s.counts || m.bytes < m.Bytes) {
		if left := m.In - m.waited; wait <= 0 || wait > left { // so that LowSpeed is judged on time
			wait = left
		}
	}
	return s.WaitWithin(ctx, m.since, wait, limit, "Write")
}

// EndWrite is called with the results of a write that began with BeginWrite. It returns nil if
// the error was only the end of a time slice. A write that moves nothing is not stuck while the system holds less
// and less: a full system takes no more until the peer has acknowledged a large part.
func (s *Socket) EndWrite(n int, err error, limit time.Duration, m *Meter) error {
	waited, slow := m.moved(n, s.conn)
	stuck := n == 0 && err != nil
	if !stuck {
		m.movedAt = 0
	}
	if m.empty++; n > 0 || err != nil {
		m.empty = 0
	}
	m.quick += uint32(n)
	if err != nil || uint64(waited) >= uint64(limit)/slices { // never, if limit is negative
		m.quick = 0
	}
	s.unfinished = false
	switch {
	case slow != nil:
		return slow
	case err != nil:
		err = s.nameLimit(err)
		_, late := err.(*TimeoutError)
		if late && stuck && s.sliced && m.drains(s.conn) {
			m.movedAt = m.since + waited
		}
		s.unfinished = late && s.sliced && (m.movedAt == 0 || limit <= 0 || m.since+waited-m.movedAt < limit)
		if s.unfinished {
			return nil // only its slice is over
		}
		return err
	case m.empty > MaxEmpty:
		return io.ErrNoProgress
	}
	return nil
}
