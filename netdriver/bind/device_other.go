//go:build !linux

package bind

import (
	"errors"
	"syscall"
)

const bindsDevices = false

func bindDevice(syscall.RawConn, string) error { return errors.ErrUnsupported }
