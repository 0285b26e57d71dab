//go:build !linux || tinygo

package stdnet

import (
	"errors"
	"os"
)

// SendFile sends nothing: it is for Linux, and errors.ErrUnsupported here.
func (c *Conn) SendFile(*os.File, int64, int64) (sent int64, err error) {
	return 0, errors.ErrUnsupported
}
