package proxy

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/zreq-go/zreq/netdriver"
)

// Errors of a dialogue with a proxy.
var (
	errBadCount = errors.New("the driver returned an impossible count")
	errEnded    = &ended{}
)

// ended is the end of the connection to the proxy in the middle of a dialogue. It must not
// be io.EOF, which callers take for a good end.
type ended struct{}

func (*ended) Error() string { return "the proxy closed the connection before it had answered" }
func (*ended) Unwrap() error { return io.ErrUnexpectedEOF }

// maxEmpty bounds the reads and writes in a row that move nothing.
const maxEmpty = 100

// longAgo is a deadline in the past.
var longAgo = time.Unix(1, 0)

// converse runs talk, which has a dialogue with the proxy over c. The end of ctx ends it.
// If there is an error, converse closes c. A cancel that comes late, after talk has
// succeeded, is an error as well: it never hits a connection that was returned.
func converse(ctx context.Context, c netdriver.Conn, talk func() error) error {
	closed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(closed)
		_ = c.SetDeadline(longAgo) // for drivers whose Close does not wake a Read
		_ = c.Close()
	})
	err := talk()
	if !stop() {
		<-closed
		return context.Cause(ctx)
	}
	if err != nil {
		_ = c.Close()
	}
	return err
}

// isSilent reports whether c is open and nothing has come that nobody asked for, which would
// be taken for the next answer. A connection that cannot look is taken to be silent.
func isSilent(c netdriver.Conn) bool {
	checker, ok := c.(netdriver.Checker)
	return !ok || checker.Check() == nil
}

// send writes all of p.
func send(c netdriver.Conn, p []byte) error {
	for empty := 0; len(p) > 0; {
		n, err := c.Write(p)
		if n < 0 || n > len(p) {
			return errBadCount
		}
		p = p[n:]
		if err != nil {
			return err
		}
		if empty++; n > 0 {
			empty = 0
		}
		if empty >= maxEmpty {
			return io.ErrShortWrite
		}
	}
	return nil
}

// receive reads at least one byte, or returns an error.
func receive(c netdriver.Conn, p []byte) (int, error) {
	for range maxEmpty {
		n, err := c.Read(p)
		switch {
		case n < 0 || n > len(p):
			return 0, errBadCount
		case n > 0:
			return n, nil // an error that came along comes again
		case err == io.EOF:
			return 0, errEnded
		case err != nil:
			return 0, err
		}
	}
	return 0, io.ErrNoProgress
}

// receiveAll fills p, and reads no byte more.
func receiveAll(c netdriver.Conn, p []byte) error {
	for len(p) > 0 {
		n, err := receive(c, p)
		if err != nil {
			return err
		}
		p = p[n:]
	}
	return nil
}
