package netdriver

import (
	"io"
	"time"
)

// A Conn is one open connection: a stream of bytes each way. Any net.Conn is
// one. One goroutine may read while another writes; Close and the deadlines
// may be called at any time from anywhere.
//
// Read returns what there is, at least one byte unless it fails. A driver may
// return (0, nil), but not for ever: callers give up after a bounded number.
// The peer's end of stream is io.EOF, on its own or with the last bytes, and
// no other error is: callers take everything else as a connection that broke.
//
// Write returns how many bytes may have left. A driver that cannot tell after
// a failure counts them all: a request that may have been sent is not sent
// again. A short count without an error is allowed, and the caller goes on.
//
// Close wakes a blocked Read or Write. Closing twice is harmless.
//
// A deadline is a point in time after which Read or Write fails with an error
// whose Timeout method says true (os.ErrDeadlineExceeded where there is an os);
// zero means none, the past means at once. Setting one wakes a Read or Write
// that is already blocked within 100 ms of the new deadline. A timeout leaves
// the connection usable: a later deadline revives it, and nothing read is lost.
// Only a Write that timed out half way may leave the stream unusable, unless the Conn
// is a Checker.
type Conn interface {
	io.ReadWriteCloser
	SetDeadline(t time.Time) error
	SetReadDeadline(t time.Time) error
	SetWriteDeadline(t time.Time) error
}

// A Checker is a Conn that can look at its input without blocking. Its Write also
// survives its deadline: callers give each Write a short one, to look at the input
// between two, and send the rest by the next. What a Write over TLS counted and had not
// sent, as the rest of a record is, goes out first then; a Write of nothing sends only
// that.
type Checker interface {
	// Check returns nil while the connection is open and silent, ErrUnread if
	// the peer has sent bytes that nobody has read yet, io.EOF if it ended its
	// side, and any other error if the connection is dead. It consumes nothing
	// that a later Read would have returned, starts nothing and never waits.
	// It is not called while a Read is under way.
	Check() error
}

// A Queuer is a Conn that knows how much of what Write took is still on its way.
// While that is so, the peer cannot have all of it, and its silence means nothing.
type Queuer interface {
	// Queued returns how many bytes the peer has not acknowledged, as well as the
	// Conn can tell: 0 if there are none or nobody knows, and what becomes less as
	// they leave.
	Queued() int
}

// A HalfCloser is a Conn that can end its own side and still read.
type HalfCloser interface {
	// CloseWrite sends the end of stream. Reads go on.
	CloseWrite() error
}

// An EndProver is a Conn whose io.EOF can be the peer's own word, as TLS has it
// in close_notify. An end of plain TCP proves nothing: a broken middlebox, or
// anyone on the path, can make one (RFC 9112, 9.8).
type EndProver interface {
	// ProvesEnd reports whether io.EOF from Read was authenticated. Such a Conn
	// returns another error (io.ErrUnexpectedEOF) for an end that was not.
	ProvesEnd() bool
}
