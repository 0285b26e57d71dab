//go:build !tinygo

package socket

import "errors"

// oneSided reports whether err says only that we ended our own side. All else that
// Windows says of a send is that the connection broke.
func oneSided(err error) bool { return errors.Is(err, wsaEShutdown) }
