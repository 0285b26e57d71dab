package download

import (
	"bytes"
	"hash"
)

// overlap is the beginning of a body that the Sink has already.
type overlap struct {
	left int64     // bytes that are still to come again
	hash hash.Hash // of those that have; nil if there is nothing to compare
}

// pass compares p with what the Sink has. That is known when all of it has come again.
func (o *output) pass(p []byte) error {
	o.skip.left -= int64(len(p))
	if o.skip.hash == nil {
		return nil
	}
	o.skip.hash.Write(p)
	if o.skip.left == 0 && !bytes.Equal(o.skip.hash.Sum(nil), o.hash.Sum(nil)) {
		o.stop = errPrefix
	}
	return o.stop
}
