package memnet

import (
	"math"
	"time"
)

// Faults is what goes wrong at one end of a connection. The zero value is a
// connection without faults. They change what this end sees; the peer notices
// only a reset, and a reader or writer that is slow.
//
// Fields named After count the bytes that have passed since the faults were
// set. If zero, the fault never happens; if negative, before the first byte.
type Faults struct {
	// ReadBytes is the most that one Read returns. If zero or less, no bound.
	ReadBytes int
	// WriteBytes is the most that one Write takes: it returns a short count and
	// no error. If zero or less, no bound.
	WriteBytes int

	// EmptyReads is how many Reads return (0, nil) before each one that returns
	// bytes. If negative, all do, and at once.
	EmptyReads int
	// ReadDelay is how long each Read waits before it looks. If zero or less,
	// not at all.
	ReadDelay time.Duration

	// StallReadAfter makes Read block as if nothing more came, until its
	// deadline, Close or a reset.
	StallReadAfter int64
	// StallWriteAfter makes Write block as if nothing more went out.
	StallWriteAfter int64

	// ResetReadAfter breaks the connection for both ends once so many bytes
	// were read. It shows at the next Read or Check.
	ResetReadAfter int64
	// ResetWriteAfter breaks it once so many bytes were written.
	ResetWriteAfter int64

	// EOFAfter makes Read return io.EOF as if the peer had ended its side.
	EOFAfter int64
	// EOFWithData returns io.EOF together with the last bytes, if the end is
	// known by then: the peer has ended its side, or EOFAfter is reached.
	EOFWithData bool
}

// left is how many bytes may pass before a fault that happens after so many.
func left(after, passed int64) int64 {
	switch {
	case after == 0:
		return math.MaxInt64
	case after < 0:
		return 0
	}
	return max(after-passed, 0)
}

// readRoom is how many bytes Read may return before a fault is due.
func (f *Faults) readRoom(passed int64) int64 {
	room := min(left(f.StallReadAfter, passed), left(f.ResetReadAfter, passed), left(f.EOFAfter, passed))
	if f.ReadBytes > 0 {
		room = min(room, int64(f.ReadBytes))
	}
	return room
}

// writeRoom is how many bytes Write may take before a fault is due.
func (f *Faults) writeRoom(passed int64) int64 {
	return min(left(f.StallWriteAfter, passed), left(f.ResetWriteAfter, passed))
}
