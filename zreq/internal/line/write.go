package line

import (
	"context"
	"io"
	"math"
	"time"
)

// A write that can be continued has a deadline of a 32nd of its limit, and of 80 ms at most.
// So an early answer is seen soon, and it is known when something last moved. If writes cannot
// be continued, an answer is looked for as often, but only between two of them.
const (
	slices    = 32
	sliceWait = 80 * time.Millisecond
)

// maxWrite is the size of a write that cannot be continued after its deadline. Such a write has
// the whole limit, and it must be small, so that a slow peer can take it in that time. After
// quickRun bytes in quick writes the size is wideWrite, of which TLS still makes one record.
// Fewer quick bytes may just have filled a buffer below, and the write that finds it full must
// not be a large one. A buffer of more than quickRun, such as the system's, blocks a write
// until there is room for far more than wideWrite.
const (
	maxWrite  = 4 << 10
	wideWrite = 16 << 10
	quickRun  = 128 << 10

	// slicedWrite replaces wideWrite if a write can be continued, as over TLS. A TLS takes at
	// most one record of it, unless the driver says what the system holds, so that a write is
	// seen to move.
	slicedWrite = 32 << 10
)

// Write writes as much of p as one write may take, within the limits of m, and returns how much
// that was. It returns (0, nil) if only the time slice of the write is over. If the deadline has cut
// a write over TLS, Unfinished returns true, and another Write must finish it, even if there
// is nothing else to write.
func (s *Socket) Write(ctx context.Context, p []byte, m *Meter) (int, error) {
	if err := s.BeginWrite(ctx, m); err != nil {
		return 0, err
	}
	p = p[:min(len(p), s.most(m))]
	n, err := s.conn.Write(p)
	if n < 0 || n > len(p) {
		n, err = len(p), ErrBadCount
	}
	return n, s.EndWrite(n, err, m)
}

// Unfinished reports whether the next write must finish one that its deadline has cut.
func (s *Socket) Unfinished() bool { return s.unfinished }

// most returns the size of the next write. If it is only known at the end of a write how much
// has moved, several writes must fit into a window of the meter.
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

// BeginWrite sets the deadline of the next write: the limit after the last progress, or the end
// of its slice or of the window of m, if that is sooner. BeginWrite and EndWrite are for a write
// that is not made by Write.
func (s *Socket) BeginWrite(ctx context.Context, m *Meter) error {
	wait := m.Write
	m.since = Elapsed()
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
	return s.WaitWithin(ctx, wait, m.Write, "Write")
}

// EndWrite is called with the results of a write that began with BeginWrite. It returns nil if
// the error was only the end of a time slice. A write that moves nothing is not stuck while
// the system holds less and less: a system whose buffer is full takes nothing until the peer
// has acknowledged a large part.
func (s *Socket) EndWrite(n int, err error, m *Meter) error {
	now := Elapsed()
	waited := now - m.since
	slow := m.add(n, waited, s.conn)
	if m.empty++; n > 0 || err != nil {
		m.empty = 0
	}
	m.quick += uint32(n)
	if err != nil || uint64(waited) >= uint64(m.Write)/slices { // a negative limit is a very large one here
		m.quick = 0
	}
	if n > 0 || err == nil {
		m.movedAt = 0
	}
	s.unfinished = false
	switch {
	case slow != nil:
		return slow
	case m.empty > MaxEmpty:
		return io.ErrNoProgress
	case err == nil:
		return nil
	}
	err = s.nameLimit(err)
	if _, late := err.(*TimeoutError); !late || !s.sliced {
		return err
	}
	// A driver that says nothing while a write waits cannot tell what the system holds.
	if held := queued(s.conn); n == 0 && held > 0 && held < m.queued {
		m.queued, m.movedAt = held, now
	}
	s.unfinished = m.movedAt == 0 || m.Write <= 0 || now-m.movedAt < m.Write
	if s.unfinished {
		return nil // only its slice is over
	}
	return err
}
