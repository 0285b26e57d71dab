//go:build !linux || tinygo

package socket

import (
	"errors"
	"os"
)

// transfers is empty where the system has no SendFile and no ReceiveFile.
type transfers struct{}

// SendFile sends nothing and returns errors.ErrUnsupported: only Linux has it.
func (c *Conn) SendFile(*os.File, int64, int64) (sent int64, err error) {
	return 0, errors.ErrUnsupported
}

// ReceiveFile takes nothing and returns errors.ErrUnsupported: only Linux has it.
func (c *Conn) ReceiveFile(*os.File, int64) (received int64, err error) {
	return 0, errors.ErrUnsupported
}
