package digest

import "io"

// rewinder is a body that can be sent again from its beginning; see zreq.Args.Body.
type rewinder interface{ Rewind() error }

// hashable reports whether a body can be read before it is sent. A file may be a pipe,
// whose Seek always fails.
func hashable(body io.Reader) bool {
	switch b := body.(type) {
	case nil, rewinder:
		return true
	case io.Seeker:
		_, err := b.Seek(0, io.SeekCurrent)
		return err == nil
	}
	return false
}

// digestBody hashes a hashable body through a small buffer, and takes it back to where it
// was.
func (a *algorithm) digestBody(body io.Reader) (string, error) {
	if body == nil {
		return a.digest(""), nil
	}
	back, err := bookmark(body)
	if err != nil {
		return "", err
	}
	h := a.make()
	err = drain(h, body)
	if lost := back(); err == nil {
		err = lost
	}
	if err != nil {
		return "", err
	}
	return hex(h.Sum(nil)), nil
}

// bookmark returns a function that takes the body back to where it will be sent from.
func bookmark(body io.Reader) (back func() error, err error) {
	if b, ok := body.(rewinder); ok {
		return b.Rewind, b.Rewind() // it is sent from its beginning
	}
	b := body.(io.Seeker)
	at, err := b.Seek(0, io.SeekCurrent)
	return func() error {
		_, err := b.Seek(at, io.SeekStart)
		return err
	}, err
}

// maxEmptyReads is how many reads in a row may return neither bytes nor an error.
const maxEmptyReads = 100

// drain is like io.Copy with a buffer of 4 KiB instead of 32.
func drain(w io.Writer, r io.Reader) error {
	buffer := make([]byte, 4096)
	for empty := 0; empty < maxEmptyReads; empty++ {
		n, err := r.Read(buffer)
		if n < 0 || n > len(buffer) {
			return errCount
		}
		if n > 0 {
			empty = 0
			_, _ = w.Write(buffer[:n]) // a hash takes everything
		}
		switch err {
		case nil:
		case io.EOF:
			return nil
		default:
			return err
		}
	}
	return io.ErrNoProgress
}
