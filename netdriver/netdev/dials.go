//go:build !tinygo

package netdev

import (
	"context"
	"sync"
)

// dials are the dials inside the device.
type dials struct {
	places chan struct{} // one for each of them

	mu    sync.Mutex
	lost  int           // those whose context has ended
	stuck chan struct{} // closed while all places belong to such dials
}

func (in *dials) init() {
	in.places, in.stuck = make(chan struct{}, MaxDials), make(chan struct{})
}

// connect returns a connected socket. If ctx can end while the device is busy, it uses a
// goroutine, which keeps its place until the device returns.
func (d *Driver) connect(ctx context.Context, to target) (fd int, err error) {
	if err := d.dials.take(ctx); err != nil {
		return 0, err
	}
	if ctx.Done() == nil {
		defer d.dials.give()
		return d.open(ctx, to)
	}

	type result struct {
		fd  int
		err error
	}
	done, gone := make(chan result), make(chan struct{})
	go func() {
		defer d.dials.give()
		fd, err := d.openInTime(ctx, to)
		select {
		case done <- result{fd, err}:
		case <-gone:
			if err == nil {
				d.dev.Close(fd)
			}
			d.dials.lose(-1)
		}
	}()
	select {
	case r := <-done:
		return r.fd, r.err
	case <-ctx.Done():
		d.dials.lose(1)
		close(gone)
		return 0, context.Cause(ctx)
	}
}

// closeKept closes a socket that was kept. It does so in a goroutine, because the caller is
// a Read or a Write of another connection, and Close may block in the device.
func (d *Driver) closeKept(fd int) { go d.dev.Close(fd) }

// take waits for a place in the device. It fails when ctx ends, and if the contexts of
// all dials inside have ended.
func (in *dials) take(ctx context.Context) error {
	in.mu.Lock()
	stuck := in.stuck
	in.mu.Unlock()
	select {
	case in.places <- struct{}{}:
		return nil
	case <-stuck:
		return ErrStuck
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (in *dials) give() { <-in.places }

// lose counts the dials inside whose context has ended. They keep their places.
func (in *dials) lose(n int) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.lost == MaxDials {
		in.stuck = make(chan struct{})
	}
	if in.lost += n; in.lost == MaxDials {
		close(in.stuck)
	}
}
