package memnet_test

import (
	"context"
	"errors"
	"io"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
)

func TestNetDial(t *testing.T) {
	is := is.New(t)
	ctx := t.Context()
	n := memnet.New()
	_, err := n.Dial(ctx, "tcp", "a:80")
	is.Equal(err, memnet.ErrRefused) // nobody listens
	l, err := n.Listen("a:80")
	is.NoErr(err)
	_, err = n.Listen("a:80")
	is.Equal(err, memnet.ErrInUse) // one listener per address
	_, err = n.Dial(ctx, "udp", "a:80")
	is.Equal(err, memnet.ErrNetwork) // tcp only

	c, err := n.Dial(ctx, "tcp", "a:80")
	is.NoErr(err) // a dial does not wait for Accept
	peer, err := l.Accept()
	is.NoErr(err)
	is.Equal(peer.Address(), "a:80") // the peer knows what was dialled
	_, _ = io.WriteString(peer, "x")
	_, err = c.Read(make([]byte, 1))
	is.NoErr(err)          // they are connected
	is.Equal(n.Dials(), 3) // every Dial counts
	is.Equal(n.Open(), 1)  // one connection is open
	_ = peer.Close()
	is.Equal(n.Open(), 1) // the dialler has not closed it
	_ = c.Close()
	_ = c.Close()
	is.Equal(n.Open(), 0) // now it has

	waiting, err := n.Dial(ctx, "tcp", "a:80")
	is.NoErr(err)
	_ = l.Close()
	_ = l.Close()
	_, err = waiting.Read(make([]byte, 1))
	is.Equal(err, memnet.ErrReset) // what was not accepted is reset
	_, err = l.Accept()
	is.Equal(err, memnet.ErrClosed) // a closed listener accepts nothing
	_, err = n.Dial(ctx, "tcp", "a:80")
	is.Equal(err, memnet.ErrRefused) // and nobody listens
}

func TestNetListenAnyAddress(t *testing.T) {
	is := is.New(t)
	n := memnet.New()
	rest, _ := n.Listen("")
	one, _ := n.Listen("a:80")
	for _, address := range []string{"a:80", "b:80"} {
		_, err := n.Dial(t.Context(), "tcp", address)
		is.NoErr(err)
	}
	c, _ := rest.Accept()
	is.Equal(c.Address(), "b:80") // the empty address takes what has no listener
	c, _ = one.Accept()
	is.Equal(c.Address(), "a:80")
}

func TestNetSilentListener(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		n := memnet.New()
		l, _ := n.Listen("a:80")
		l.SetSilent(true)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		_, err := n.Dial(ctx, "tcp", "a:80")
		is.True(errors.Is(err, context.DeadlineExceeded)) // a silent listener holds a dial
		is.Equal(time.Since(start), time.Second)          // until its context ends
		_, err = n.Dial(ctx, "tcp", "a:80")
		is.True(errors.Is(err, context.DeadlineExceeded)) // a context that has ended dials nothing

		dial := func() chan error {
			failed := make(chan error, 1)
			go func() {
				_, err := n.Dial(t.Context(), "tcp", "a:80")
				failed <- err
			}()
			synctest.Wait()
			is.Equal(len(failed), 0) // it hangs
			return failed
		}
		failed := dial()
		l.SetSilent(false)
		is.NoErr(<-failed) // and goes on when the listener speaks
		l.SetSilent(true)
		failed = dial()
		_ = l.Close()
		is.Equal(<-failed, memnet.ErrRefused) // or is refused when it goes
	})
}

func TestNetOnDial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		broken := errors.New("cable cut")
		n := memnet.New()
		n.BufferBytes = 8
		n.OnDial = func(k int, address string) (memnet.Faults, error) {
			is.Equal(address, "a:80") // it is told the address
			if k == 2 {
				return memnet.Faults{}, broken
			}
			return memnet.Faults{EOFAfter: -1}, nil
		}
		_, _ = n.Listen("a:80")
		c, err := n.Dial(t.Context(), "tcp", "a:80")
		is.NoErr(err)
		_, err = c.Read(make([]byte, 1))
		is.Equal(err, io.EOF) // the faults are in place before Dial returns
		_ = c.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
		size, err := c.Write(make([]byte, 100))
		is.True(timedOut(err))
		is.Equal(size, 8) // BufferBytes is the size of the buffer
		_, err = n.Dial(t.Context(), "tcp", "a:80")
		is.Equal(err, broken) // the k-th dial fails
	})
}

func TestNetIdleConnHoldsNoBuffer(t *testing.T) {
	is := is.New(t)
	n := memnet.New()
	l, _ := n.Listen("a:80")
	const conns = 1000
	kept := make([]netdriver.Conn, 0, conns)
	before := heap()
	for range conns {
		c, err := n.Dial(t.Context(), "tcp", "a:80")
		is.NoErr(err)
		peer, _ := l.Accept()
		_, _ = io.WriteString(peer, "used once")
		_, _ = c.Read(make([]byte, 16))
		kept = append(kept, c)
	}
	each := (heap() - before) / conns
	t.Logf("%d bytes per idle connection, both ends", each)
	is.True(each < 2048) // no buffer is held by a connection that is idle
	runtime.KeepAlive(kept)
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestBareHidesAbilities(t *testing.T) {
	is := is.New(t)
	n := memnet.New()
	_, _ = n.Listen("a:80")
	d := memnet.Bare(n)
	is.True(d == memnet.Bare(n)) // comparable, as a Driver must be
	c, err := d.Dial(t.Context(), "tcp", "a:80")
	is.NoErr(err)
	_, checks := c.(netdriver.Checker)
	_, halves := c.(netdriver.HalfCloser)
	is.True(!checks && !halves) // a plain Conn and no more
	_, err = d.Dial(t.Context(), "tcp", "b:80")
	is.Equal(err, memnet.ErrRefused)
}

func TestRadio(t *testing.T) {
	is := is.New(t)
	r := memnet.NewStopped()
	_, _ = r.Listen("a:80")
	_, err := r.Dial(t.Context(), "tcp", "a:80")
	is.True(errors.Is(err, netdriver.ErrNotStarted)) // a dial before Start
	is.True(!r.Link().Up)                            // the link is down until then

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	is.Equal(r.Start(ended), context.Canceled) // Start honours its context
	is.NoErr(r.Start(t.Context()))
	is.NoErr(r.Start(t.Context())) // starting twice does nothing
	is.True(r.Link().Up)
	c, err := r.Dial(t.Context(), "tcp", "a:80")
	is.NoErr(err)

	r.SetLink(netdriver.Link{})
	_, err = r.Dial(t.Context(), "tcp", "a:80")
	is.Equal(err, memnet.ErrUnreachable) // no link, no dial
	is.NoErr(r.Stop())
	is.NoErr(r.Stop()) // stopping twice does nothing
	_, err = c.Read(make([]byte, 1))
	is.Equal(err, memnet.ErrReset) // open connections fail
}
