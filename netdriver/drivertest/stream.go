package drivertest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/matryer/is"
)

// noise returns n bytes that look random and are the same every time.
func noise(n int) []byte {
	p := make([]byte, n)
	r := rand.NewChaCha8([32]byte{byte(n)})
	_, _ = r.Read(p)
	return p
}

// maxEmpty is how often in a row a driver may return (0, nil).
const maxEmpty = 100

var errNoBytes = errors.New("too many reads or writes without a byte")

// readAll reads through a buffer of size bytes until limit bytes have come or
// an error, which is nil for the limit.
func readAll(r io.Reader, size, limit int) ([]byte, error) {
	var all []byte
	buffer := make([]byte, size)
	for empty := 0; len(all) < limit; {
		n, err := r.Read(buffer[:min(size, limit-len(all))])
		all = append(all, buffer[:n]...)
		if err != nil {
			return all, err
		}
		if empty++; n > 0 {
			empty = 0
		}
		if empty > maxEmpty {
			return all, errNoBytes
		}
	}
	return all, nil
}

// writeAll completes short writes, as callers of a driver do.
func writeAll(w io.Writer, p []byte) (int, error) {
	done, empty := 0, 0
	for done < len(p) {
		n, err := w.Write(p[done:])
		if n < 0 || n > len(p)-done {
			return done, fmt.Errorf("a write of %d bytes counts %d", len(p)-done, n)
		}
		done += n
		if err != nil {
			return done, err
		}
		if empty++; n > 0 {
			empty = 0
		}
		if empty > maxEmpty {
			return done, errNoBytes
		}
	}
	return done, nil
}

// carries tests that data written to w comes out of r, read in pieces of size.
func carries(t *testing.T, w io.Writer, r io.Reader, data []byte, size int) {
	t.Helper()
	is := is.New(t)
	is.Helper()
	writing := start(func() (int, error) { return writeAll(w, data) })
	reading := start(func() ([]byte, error) { return readAll(r, size, len(data)) })
	_, err := writing.wait(t)
	is.NoErr(err) // everything is written
	got, err := reading.wait(t)
	is.NoErr(err)                   // everything is read
	is.True(bytes.Equal(got, data)) // as it was written
}

// timedOut looks for a Timeout method along Unwrap by a type assertion, the
// one way that works everywhere.
func timedOut(err error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		if t, ok := err.(interface{ Timeout() bool }); ok && t.Timeout() {
			return true
		}
	}
	return false
}
