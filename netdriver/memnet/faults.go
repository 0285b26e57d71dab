package memnet

import (
	"math"
	"time"
)

// Faults describes what goes wrong at one end of a connection. The zero value is a
// connection without faults. Faults change what this end sees. The peer notices only a
// reset, and a slow reader or writer.
//
// A field whose name ends in After counts the bytes since the faults were set. If it is
// zero, the fault never happens. If it is negative, it happens before the first byte.
type Faults struct {
	// ReadBytes is the largest number of bytes that one Read returns. If zero or
	// negative, there is no limit.
	ReadBytes int
	// WriteBytes is the largest number of bytes that one Write takes. It then returns a
	// short count and no error. If zero or negative, there is no limit.
	WriteBytes int

	// EmptyReads is how many Reads return (0, nil) before each Read that returns bytes.
	// If negative, every Read returns (0, nil) at once.
	EmptyReads int
	// ReadDelay is how long each Read waits before it looks for bytes. If zero or
	// negative, it does not wait.
	ReadDelay time.Duration

	// StallReadAfter makes Read block, as if nothing more arrived, until its deadline,
	// Close or a reset.
	StallReadAfter int64
	// StallWriteAfter makes Write block, as if nothing more could be sent.
	StallWriteAfter int64

	// ResetReadAfter breaks the connection for both ends after that many bytes were read.
	// The next Read or Check reports it.
	ResetReadAfter int64
	// ResetWriteAfter breaks the connection after that many bytes were written.
	ResetWriteAfter int64

	// EOFAfter makes Read return io.EOF, as if the peer had ended its side.
	EOFAfter int64
	// EOFWithData makes Read return io.EOF together with the last bytes, if the end is
	// known by then: the peer has ended its side, or EOFAfter is reached.
	EOFWithData bool
}

// left returns how many bytes may still pass before a fault.
func left(after, passed int64) int64 {
	switch {
	case after == 0:
		return math.MaxInt64
	case after < 0:
		return 0
	}
	return max(after-passed, 0)
}

// readRoom returns how many bytes Read may return before a fault.
func (f *Faults) readRoom(passed int64) int64 {
	room := min(left(f.StallReadAfter, passed), left(f.ResetReadAfter, passed), left(f.EOFAfter, passed))
	if f.ReadBytes > 0 {
		room = min(room, int64(f.ReadBytes))
	}
	return room
}

// writeRoom returns how many bytes Write may take before a fault.
func (f *Faults) writeRoom(passed int64) int64 {
	return min(left(f.StallWriteAfter, passed), left(f.ResetWriteAfter, passed))
}
