package socket

import (
	"errors"
	"io"
	"net"
	"os"
	"sync/atomic"
)

// A breakage is why a connection broke, if it did. Linux reports the error of a socket
// once, to whoever asks first, and after that it reports the end of the stream.
type breakage struct{ first atomic.Pointer[error] }

// keep remembers the first error with which the connection broke. A deadline of the
// caller does not break it. A timeout of the system does: ETIMEDOUT, when the peer is
// gone.
func (b *breakage) keep(err error) {
	if errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, net.ErrClosed) || oneSided(err) {
		return
	}
	b.first.CompareAndSwap(nil, &err)
}

// err returns the error with which the connection broke, or nil.
func (b *breakage) err() error {
	if err := b.first.Load(); err != nil {
		return *err
	}
	return nil
}

// end returns the error to report when the system reports the end of the stream.
func (b *breakage) end() error {
	if err := b.err(); err != nil {
		return err
	}
	return io.EOF
}
