package memnet_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver/memnet"
)

func TestDeadlineRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		a, b := memnet.Pipe()
		defer a.Close()
		defer b.Close()
		p := make([]byte, 8)
		start := time.Now()

		_ = a.SetReadDeadline(start.Add(time.Second))
		_, err := a.Read(p)
		is.True(timedOut(err))                   // a passed deadline is a timeout
		is.Equal(time.Since(start), time.Second) // exactly when it passes
		_, err = a.Read(p)
		is.True(timedOut(err)) // and stays one

		_, _ = b.Write([]byte("kept"))
		_, err = a.Read(p)
		is.True(timedOut(err)) // even with bytes there
		_ = a.SetReadDeadline(time.Now().Add(time.Second))
		n, err := a.Read(p)
		is.NoErr(err)
		is.Equal(string(p[:n]), "kept") // a later deadline revives it, nothing is lost

		_ = a.SetReadDeadline(time.Now().Add(-1))
		_, err = a.Read(p)
		is.True(timedOut(err)) // the past means at once
	})
}

func TestDeadlineMoves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		a, b := memnet.Pipe()
		defer a.Close()
		defer b.Close()
		start := time.Now()
		read := func() chan time.Duration {
			took := make(chan time.Duration, 1)
			go func() {
				_, err := a.Read(make([]byte, 1))
				is.True(timedOut(err)) // only the deadline ends this Read
				took <- time.Since(start)
			}()
			synctest.Wait()
			return took
		}

		_ = a.SetReadDeadline(start.Add(time.Second))
		took := read()
		_ = a.SetReadDeadline(start.Add(3 * time.Second))
		is.Equal(<-took, 3*time.Second) // extended while blocked

		_ = a.SetReadDeadline(time.Time{})
		took = read()
		time.Sleep(time.Hour)
		is.Equal(len(took), 0) // none: it waits
		_ = a.SetReadDeadline(time.Now().Add(time.Second))
		is.Equal(<-took, time.Hour+4*time.Second) // set while blocked

		_ = a.SetReadDeadline(time.Now().Add(time.Hour))
		took = read()
		_ = a.SetReadDeadline(time.Unix(1, 0))
		is.Equal(<-took, time.Hour+4*time.Second) // the past wakes at once
	})
}

func TestDeadlineWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		a, b := memnet.Pipe()
		defer a.Close()
		defer b.Close()
		_ = a.SetDeadline(time.Now().Add(time.Second))
		n, err := a.Write(make([]byte, memnet.DefaultBufferBytes+1))
		is.True(timedOut(err))                 // a full buffer and a passed deadline
		is.Equal(n, memnet.DefaultBufferBytes) // the count says what went out
		_, err = a.Read(make([]byte, 1))
		is.True(timedOut(err)) // SetDeadline is for both directions
		_, err = a.Write(nil)
		is.True(timedOut(err)) // an empty Write tells, too
		_ = a.SetDeadline(time.Time{})
		_, _ = b.Read(make([]byte, 10))
		n, err = a.Write([]byte("go on"))
		is.NoErr(err) // the connection is usable
		is.Equal(n, 5)
	})
}
