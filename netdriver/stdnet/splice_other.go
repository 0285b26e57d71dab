//go:build !linux || tinygo

package stdnet

import (
	"errors"
	"os"
)

// ReceiveFile takes nothing: it is for Linux, and errors.ErrUnsupported here.
func (c *Conn) ReceiveFile(*os.File, int64) (received int64, err error) {
	return 0, errors.ErrUnsupported
}
