//go:build unix && !aix && !tinygo

package socket

import (
	"errors"
	"syscall"
)

// oneSided reports whether err says only that nothing more can be sent: we or
// the peer ended the stream before, so what it sent may still be read to a
// clean end. A connection that broke told its reason first.
func oneSided(err error) bool { return errors.Is(err, syscall.EPIPE) }
