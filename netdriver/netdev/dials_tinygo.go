//go:build tinygo

package netdev

import "context"

// dials keeps nothing under TinyGo, where Dial starts no goroutine: its stack is the
// largest piece of memory of a whole call.
type dials struct{}

func (*dials) init() {}

// connect returns a connected socket. It takes as long as the device does.
func (d *Driver) connect(ctx context.Context, to target) (fd int, err error) {
	return d.openInTime(ctx, to)
}

// closeKept closes a socket that was kept.
func (d *Driver) closeKept(fd int) { d.dev.Close(fd) }
