package netdev_test

import (
	"errors"
	"io"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/netdev"
)

func TestWriteSegments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		due := time.Now().Add(time.Minute)
		var sent []int
		c := connection(t, &hostile{send: func(p []byte, deadline time.Time) (int, error) {
			is.True(deadline.Equal(due)) // a Send gets the whole deadline: cut short it would lose count
			sent = append(sent, len(p))
			switch len(sent) {
			case 2:
				return 0, nil // nothing yet
			case 3:
				return 1000, nil // a part of it
			}
			return len(p), nil
		}}, netdev.Options{})
		defer c.Close()
		c.SetWriteDeadline(due)
		n, err := c.Write(make([]byte, 4000))
		is.NoErr(err)                                                       // all is taken
		is.Equal(n, 4000)                                                   // and counted
		is.Equal(sent, []int{1436, 1436, 1436, 1436, 4000 - 1436*2 - 1000}) // never more than a segment at a time
	})
}

func TestWriteFails(t *testing.T) {
	for name, tt := range map[string]struct {
		n     int
		err   error
		first error // what the Write says
		later error // what the next one says
	}{
		"-1 with an error":          {-1, errDevice, errDevice, errDevice},
		"a count with an error":     {7, errDevice, errDevice, errDevice},
		"-1 with a timeout":         {-1, devTimeout{}, os.ErrDeadlineExceeded, netdev.ErrLost},
		"-1 with the other timeout": {-1, os.ErrDeadlineExceeded, os.ErrDeadlineExceeded, netdev.ErrLost},
		"-1 without a reason":       {-1, nil, nil, nil},
		"more than it was given":    {1437, nil, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			sends := 0
			c := connection(t, &hostile{
				send: func(p []byte, _ time.Time) (int, error) {
					if sends++; sends == 2 {
						return tt.n, tt.err
					}
					return len(p), nil
				},
				recv: script(answer{text: "413"}),
			}, netdev.Options{})
			defer c.Close()
			n, err := c.Write(make([]byte, 5000))
			is.Equal(n, 2*1436)                                  // the failed segment counts whole: it may have left
			is.True(err != nil)                                  // and the failure is told
			is.True(tt.first == nil || errors.Is(err, tt.first)) // with the device's reason
			n, err = c.Write(make([]byte, 5000))
			is.Equal(n, 0)                                       // nothing more leaves
			is.True(err != nil)                                  // because the stream has a gap
			is.True(tt.later == nil || errors.Is(err, tt.later)) // which no later deadline closes
			is.Equal(sends, 2)                                   // the device is not asked again
			p := make([]byte, 9)
			n, err = c.Read(p)
			is.NoErr(err)                  // an early answer can still be read
			is.Equal(string(p[:n]), "413") // behind the failed write
		})
	}
}

func TestWriteInThePast(t *testing.T) {
	is := is.New(t)
	c := connection(t, &hostile{send: func(p []byte, _ time.Time) (int, error) { return len(p), nil }}, netdev.Options{})
	defer c.Close()
	c.SetWriteDeadline(time.Unix(1, 0))
	n, err := c.Write(make([]byte, 9))
	is.Equal(n, 0)                        // nothing left
	is.Equal(err, os.ErrDeadlineExceeded) // the past means at once
	c.SetWriteDeadline(time.Time{})
	_, err = c.Write(make([]byte, 9))
	is.NoErr(err) // nothing was lost, so the connection goes on
}

// blocking is a device in which a Send stays until its deadline, or until its
// socket is closed.
func blocking() *hostile {
	d := &hostile{recv: silence}
	d.send = func(p []byte, deadline time.Time) (int, error) {
		late := time.NewTimer(time.Until(deadline))
		defer late.Stop()
		select {
		case <-d.closed():
			return -1, errDevice
		case <-late.C:
			return -1, devTimeout{}
		}
	}
	return d
}

func testWriteIsWoken(t *testing.T) {
	set := func(due func() time.Time) func(netdriver.Conn) {
		return func(c netdriver.Conn) { c.SetWriteDeadline(due()) }
	}
	now := func() time.Time { return time.Unix(1, 0) }
	later := func() time.Time { return time.Now().Add(time.Second) }
	beyond := func() time.Time { return time.Now().Add(2 * time.Hour) }
	never := func() time.Time { return time.Time{} }
	for name, tt := range map[string]struct {
		wake func(netdriver.Conn)
		want error
		wait time.Duration
	}{
		"by Close":                {func(c netdriver.Conn) { c.Close() }, netdev.ErrClosed, 0},
		"by a deadline now":       {set(now), os.ErrDeadlineExceeded, 0},
		"by a deadline later":     {set(later), os.ErrDeadlineExceeded, time.Second},
		"not by one that is gone": {func(c netdriver.Conn) { set(now)(c); set(never)(c) }, os.ErrDeadlineExceeded, time.Hour},
		"not by one beyond its":   {set(beyond), os.ErrDeadlineExceeded, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				d := blocking()
				c := connection(t, d, netdev.Options{})
				began := time.Now()
				c.SetWriteDeadline(began.Add(time.Hour))
				var n int
				var err error
				done := make(chan struct{})
				go func() {
					n, err = c.Write(make([]byte, 100))
					close(done)
				}()
				synctest.Wait() // it is in the device
				tt.wake(c)
				<-done
				took := time.Since(began)
				is.Equal(n, 100)                              // it may have left
				is.Equal(err, tt.want)                        // the reason is ours, not the socket's
				is.True(took >= tt.wait)                      // not before the deadline
				is.True(took <= tt.wait+100*time.Millisecond) // and within 100 ms of it
				c.SetDeadline(time.Time{})
				_, err = c.Write(make([]byte, 100))
				is.True(err != nil && !errors.Is(err, os.ErrDeadlineExceeded)) // the stream has a gap
				c.Close()
				is.Equal(d.closes, 1) // the device's number is given back once
			})
		})
	}
}

func TestReadBehindAFailedWrite(t *testing.T) {
	for name, tt := range map[string]struct {
		send error
		want error
	}{
		"that broke":     {errDevice, errDevice}, // some devices tell a reset once
		"that timed out": {devTimeout{}, io.EOF},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			c := connection(t, &hostile{
				send: func([]byte, time.Time) (int, error) { return -1, tt.send },
				recv: script(answer{text: "413"}, answer{n: -1, err: io.EOF}, answer{n: -1, err: io.EOF}),
			}, netdev.Options{})
			defer c.Close()
			_, err := c.Write(make([]byte, 9))
			is.True(err != nil)
			p := make([]byte, 9)
			n, err := c.Read(p)
			is.NoErr(err)                  // an early answer can still be read
			is.Equal(string(p[:n]), "413") // behind the failed write
			for range 2 {
				_, err = c.Read(p)
				is.True(errors.Is(err, tt.want))                  // a connection that broke
				is.Equal(err == io.EOF, tt.want == error(io.EOF)) // has no clean end
			}
		})
	}
}

// A Send that minds neither its own deadline nor another stays until its socket
// is closed.
func TestWriteToDeviceThatMindsNoDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		d := &hostile{}
		d.send = func([]byte, time.Time) (int, error) {
			<-d.closed()
			return -1, errDevice
		}
		c := connection(t, d, netdev.Options{})
		began := time.Now()
		c.SetWriteDeadline(began.Add(time.Second))
		n, err := c.Write(make([]byte, 100))
		is.Equal(n, 100)                                               // it may have left
		is.Equal(err, os.ErrDeadlineExceeded)                          // the deadline of the connection holds
		is.True(time.Since(began) <= time.Second+100*time.Millisecond) // whatever the device does with it
		_, err = c.Write(make([]byte, 100))
		is.Equal(err, os.ErrDeadlineExceeded) // it is still past
		c.SetWriteDeadline(time.Time{})
		_, err = c.Write(make([]byte, 100))
		is.Equal(err, netdev.ErrLost) // and the stream has a gap
		c.Close()
		is.Equal(d.closes, 1) // the device's number is given back once
	})
}

// A Send that notices its deadline by itself is left to do so: reads go on.
func TestWriteThatIsALittleLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		d := &hostile{recv: script(answer{text: "413"})}
		d.send = func(_ []byte, deadline time.Time) (int, error) {
			time.Sleep(time.Until(deadline) + 15*time.Millisecond)
			return -1, devTimeout{}
		}
		c := connection(t, d, netdev.Options{})
		defer c.Close()
		c.SetWriteDeadline(time.Now().Add(time.Second))
		_, err := c.Write(make([]byte, 100))
		is.Equal(err, os.ErrDeadlineExceeded) // the deadline has passed
		time.Sleep(time.Second)
		p := make([]byte, 9)
		n, err := c.Read(p)
		is.NoErr(err)                  // an early answer can still be read
		is.Equal(string(p[:n]), "413") // behind the failed write
	})
}

func TestWriteOfNothing(t *testing.T) {
	for name, tt := range map[string]struct {
		limit time.Duration
		want  error
		least time.Duration
		most  time.Duration
	}{
		"without a deadline": {0, io.ErrNoProgress, 400 * time.Millisecond, time.Second},
		"with one":           {3 * time.Second, os.ErrDeadlineExceeded, 3 * time.Second, 3 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				c := connection(t, &hostile{send: func([]byte, time.Time) (int, error) { return 0, nil }}, netdev.Options{})
				defer c.Close()
				began := time.Now()
				if tt.limit > 0 {
					c.SetWriteDeadline(began.Add(tt.limit))
				}
				n, err := c.Write(make([]byte, 100))
				is.Equal(n, 0)                         // nothing left
				is.True(errors.Is(err, tt.want))       // and it is not tried for ever
				is.True(time.Since(began) >= tt.least) // the processor slept
				is.True(time.Since(began) <= tt.most)  // not too long
			})
		})
	}
}
