package netdriver

import (
	"io"
	"time"
)

// A Conn is an open connection: a stream of bytes in each direction. Every net.Conn is a
// Conn. One goroutine may read while another writes. Close and the methods that set
// deadlines may be called at any time from any goroutine.
//
// Read returns at least one byte, or an error. It may return (0, nil), but not for ever:
// callers give up after a bounded number. If the peer has ended the stream, Read returns
// io.EOF, alone or with the last bytes. No other event is io.EOF, and callers take every
// other error for a broken connection.
//
// Write returns how many bytes may have been sent. If a driver cannot tell after a
// failure, it counts all of them: a request that may have been sent is not sent again.
// Write may return a short count without an error, and the caller then continues.
//
// Close wakes a blocked Read or Write. Closing twice does nothing.
//
// After a deadline, Read or Write fails with an error whose Timeout method returns true
// (os.ErrDeadlineExceeded if there is package os). A zero deadline means none, and one in
// the past fails at once. Setting a deadline wakes a Read or Write that is already
// blocked, within 100 ms of the new deadline. A timeout leaves the connection usable:
// after a later deadline is set, it works again, and no byte that was to be read is lost.
// However, a Write that timed out half way may leave the stream unusable, unless the Conn
// is a Checker.
type Conn interface {
	io.ReadWriteCloser
	SetDeadline(t time.Time) error
	SetReadDeadline(t time.Time) error
	SetWriteDeadline(t time.Time) error
}

// A Checker is a Conn that can look at its input without blocking. Its Write also
// survives a deadline. Callers can therefore give each Write a short deadline, look at
// the input after it, and send the rest with the next Write.
//
// Over TLS, a Write that was cut by its deadline may have counted bytes that were not
// sent yet, such as the rest of a record. The next Write sends them first. A Write of no
// bytes sends only them.
type Checker interface {
	// Check returns nil if the connection is open and silent, ErrUnread if the peer has
	// sent bytes that have not been read, io.EOF if the peer has ended its side, and
	// another error if the connection is dead. It takes nothing from a later Read, starts
	// nothing and never waits. Check is not called during a Read.
	Check() error
}

// A Queuer is a Conn that knows how much of what Write took is still on its way. As long
// as there is some, the peer cannot have received all of it, so its silence does not mean
// anything.
type Queuer interface {
	// Queued returns how many bytes the peer has not acknowledged, as well as the Conn
	// can tell. It is 0 if there are none or the Conn does not know. It becomes smaller
	// as bytes are acknowledged.
	Queued() int
}

// A HalfCloser is a Conn that can end its own side and still read.
type HalfCloser interface {
	// CloseWrite sends the end of the stream. Read continues to work.
	CloseWrite() error
}

// An EndProver is a Conn whose io.EOF can be authenticated, as that of TLS is by
// close_notify. The end of a plain TCP stream proves nothing: a broken middlebox, or
// anyone on the path, can cause it (RFC 9112, 9.8).
type EndProver interface {
	// ProvesEnd reports whether io.EOF from Read was authenticated. For an end that was
	// not, such a Conn returns another error, io.ErrUnexpectedEOF.
	ProvesEnd() bool
}
