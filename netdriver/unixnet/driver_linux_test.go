package unixnet_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/unixnet"
)

func TestDialWaitsForRoom(t *testing.T) {
	is := is.New(t)
	path := newPath(t)
	accept := fill(t, path)
	d := unixnet.New(path)
	var err error
	for limit := 50 * time.Millisecond; limit < 10*time.Second; limit *= 2 {
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		_, err = d.Dial(ctx, "tcp", "service:80")
		cancel()
		if strings.Contains(err.Error(), "accepts no connection") {
			break
		}
		// The limit was over before the first attempt: the machine has stalled.
	}
	is.True(strings.Contains(err.Error(), "accepts no connection")) // it says what is wrong
	is.True(errors.Is(err, context.DeadlineExceeded))

	dialled := make(chan error)
	go func() {
		c, err := d.Dial(t.Context(), "tcp", "service:80")
		if err == nil {
			_ = c.Close()
		}
		dialled <- err
	}()
	select {
	case err := <-dialled:
		t.Fatalf("there is no room: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	accept()
	is.NoErr(<-dialled) // it connects when there is
}

func TestAbstract(t *testing.T) {
	is := is.New(t)
	path := "@" + newPath(t) // a name that nothing else has
	l := listen(t, path)
	defer l.Close()
	c, err := unixnet.New(path).Dial(t.Context(), "tcp", "service:80")
	is.NoErr(err)
	is.NoErr(c.Close())
}

// TestQueued: what the server has not read is still ours.
func TestQueued(t *testing.T) {
	is := is.New(t)
	path := newPath(t)
	l := listen(t, path)
	defer l.Close()
	c, err := unixnet.New(path).Dial(t.Context(), "tcp", "service:80")
	is.NoErr(err)
	defer c.Close()
	peer, err := l.Accept()
	is.NoErr(err)
	defer peer.Close()
	q := c.(netdriver.Queuer)
	is.Equal(q.Queued(), 0) // nothing was sent
	_, err = c.Write(make([]byte, 100))
	is.NoErr(err)
	before := q.Queued()
	is.True(before >= 100)
	_, err = c.Write(make([]byte, 100))
	is.NoErr(err)
	is.True(q.Queued() > before)
	_, err = io.ReadFull(peer, make([]byte, 200))
	is.NoErr(err)
	is.Equal(q.Queued(), 0) // the server has read it
}

func TestNoSocket(t *testing.T) {
	is := is.New(t)
	path := newPath(t)
	l := listen(t, path)
	defer l.Close()
	var limit syscall.Rlimit
	is.NoErr(syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit))
	is.NoErr(syscall.Setrlimit(syscall.RLIMIT_NOFILE, &syscall.Rlimit{Max: limit.Max}))
	c, err := unixnet.New(path).Dial(t.Context(), "tcp", "service:80")
	is.NoErr(syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit))
	is.True(c == nil)
	is.True(errors.Is(err, netdriver.ErrNoSocket)) // a Session makes room for it
	is.True(errors.Is(err, syscall.EMFILE))        // and the error of the system is there
}
