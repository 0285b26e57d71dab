package netdev_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/netdev"
)

// answer is what one Recv returns.
type answer struct {
	text string // for n > 0
	n    int    // if text is empty
	err  error
	late bool // at the deadline
}

// script is a Recv that returns one answer after the other, then silence.
func script(answers ...answer) func([]byte, time.Time) (int, error) {
	return func(p []byte, deadline time.Time) (int, error) {
		if len(answers) == 0 {
			return silence(p, deadline)
		}
		a := answers[0]
		answers = answers[1:]
		if a.late {
			time.Sleep(time.Until(deadline))
		}
		if a.text == "" {
			return a.n, a.err
		}
		return copy(p, a.text), a.err
	}
}

func TestRead(t *testing.T) {
	wifinina := []answer{{text: "last", err: io.EOF}}
	rtl8720dn := []answer{{text: "last"}, {n: -1, err: io.EOF}, {n: -1, err: errDevice}}
	w5500 := []answer{{text: "last"}, {err: net.ErrClosed}, {err: os.ErrClosed}}
	for name, tt := range map[string]struct {
		answers []answer
		ends    []error
		want    error
	}{
		"end with the last bytes":          {wifinina, nil, io.EOF},
		"end with -1":                      {rtl8720dn, nil, io.EOF},
		"wrapped end":                      {[]answer{{text: "last"}, {n: -1, err: fmt.Errorf("recv: %w", io.EOF)}}, nil, io.EOF},
		"end that may be anything":         {w5500, nil, net.ErrClosed},
		"end that the program knows":       {w5500, []error{net.ErrClosed}, io.EOF},
		"error with -1":                    {[]answer{{text: "last"}, {n: -1, err: errDevice}, {n: -1, err: io.EOF}}, nil, errDevice},
		"error with the last bytes":        {[]answer{{text: "last", err: errDevice}, {n: -1, err: io.EOF}}, nil, errDevice},
		"timeout with the last bytes":      {[]answer{{text: "last", err: devTimeout{}}, {n: -1, err: io.EOF}}, nil, io.EOF},
		"timeout of the network":           {[]answer{{text: "last"}, {n: -1, err: devTimeout{}}, {n: -1, err: io.EOF}}, nil, devTimeout{}},
		"timeouts of every kind":           {[]answer{{n: -1, err: devTimeout{}, late: true}, {err: os.ErrDeadlineExceeded, late: true}, {n: -1, err: fmt.Errorf("recv: %w", devTimeout{}), late: true}, {text: "last"}, {n: -1, err: io.EOF}}, nil, io.EOF},
		"nothing, and -1 without a reason": {[]answer{{}, {n: -1}, {}, {text: "last"}, {n: -1, err: io.EOF}}, nil, io.EOF},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				c := connection(t, &hostile{recv: script(tt.answers...)}, netdev.Options{Ends: tt.ends})
				defer c.Close()
				p := make([]byte, 9)
				n, err := c.Read(p)
				is.NoErr(err)                   // bytes come first
				is.Equal(string(p[:n]), "last") // all of them
				for range 2 {
					n, err = c.Read(p)
					is.Equal(n, 0)                                      // a count is never negative
					is.True(errors.Is(err, tt.want))                    // the device's reason can be found
					is.Equal(err == io.EOF, errors.Is(tt.want, io.EOF)) // io.EOF is an end that the device is known to mean
				}
			})
		})
	}
}

func TestReadOfImpossibleCount(t *testing.T) {
	is := is.New(t)
	c := connection(t, &hostile{recv: script(answer{n: 10})}, netdev.Options{})
	defer c.Close()
	n, err := c.Read(make([]byte, 9))
	is.Equal(n, 0)                       // nobody reads beyond the buffer
	is.True(err != nil && err != io.EOF) // the connection is broken
}

func TestReadSlices(t *testing.T) {
	for name, tt := range map[string]struct {
		option time.Duration
		slice  time.Duration
	}{
		"default":  {0, 50 * time.Millisecond},
		"negative": {-1, 50 * time.Millisecond},
		"shorter":  {time.Millisecond * 10, 10 * time.Millisecond},
		"too long": {time.Hour, 100 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				asked := 0
				c := connection(t, &hostile{recv: func(p []byte, deadline time.Time) (int, error) {
					asked++
					is.True(len(p) <= netdev.SegmentBytes)    // never more than a chip moves at a time
					is.True(!deadline.IsZero())               // zero would block for ever
					is.True(time.Until(deadline) <= tt.slice) // nobody could wake it earlier
					return silence(p, deadline)
				}}, netdev.Options{Slice: tt.option})
				defer c.Close()
				c.SetReadDeadline(time.Now().Add(time.Second))
				began := time.Now()
				_, err := c.Read(make([]byte, 9999))
				is.Equal(err, os.ErrDeadlineExceeded)      // the deadline is of the connection
				is.Equal(time.Since(began), time.Second)   // not of a slice
				is.Equal(asked, int(time.Second/tt.slice)) // asked once for each
			})
		})
	}
}

func TestReadOfDeviceThatDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		asked := 0
		c := connection(t, &hostile{recv: func([]byte, time.Time) (int, error) {
			asked++
			return 0, nil
		}}, netdev.Options{})
		defer c.Close()
		c.SetReadDeadline(time.Now().Add(time.Second))
		n, err := c.Read(make([]byte, 9))
		is.Equal(n, 0)                        // nothing came
		is.Equal(err, os.ErrDeadlineExceeded) // until the deadline
		is.True(asked <= 200)                 // and the processor slept
	})
}

// A device whose clock is coarse says that it is late a little before it is.
func TestReadOfDeviceThatIsALittleEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		c := connection(t, &hostile{recv: func(_ []byte, deadline time.Time) (int, error) {
			time.Sleep(time.Until(deadline) - 10*time.Millisecond)
			return -1, devTimeout{}
		}}, netdev.Options{})
		defer c.Close()
		for range 2 {
			due := time.Now().Add(time.Second)
			c.SetReadDeadline(due)
			_, err := c.Read(make([]byte, 9))
			is.Equal(err, os.ErrDeadlineExceeded) // that is no death
			is.True(!time.Now().Before(due))      // nor is it our deadline
		}
	})
}

func testReadIsWoken(t *testing.T) {
	for name, tt := range map[string]struct {
		wake func(netdriver.Conn)
		want error
	}{
		"by a deadline that comes later": {func(c netdriver.Conn) { c.SetReadDeadline(time.Unix(1, 0)) }, os.ErrDeadlineExceeded},
		"by Close":                       {func(c netdriver.Conn) { c.Close() }, netdev.ErrClosed},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				d := &hostile{recv: silence}
				c := connection(t, d, netdev.Options{Slice: time.Hour})
				woken := make(chan error)
				go func() {
					_, err := c.Read(make([]byte, 9))
					woken <- err
				}()
				time.Sleep(time.Second + 10*time.Millisecond) // it is in the middle of a slice
				began := time.Now()
				tt.wake(c)
				is.Equal(<-woken, tt.want)                         // it says why
				is.True(time.Since(began) <= 100*time.Millisecond) // within 100 ms
				c.Close()
				c.Close()
				is.Equal(d.closes, 1) // the device's number is given back once
			})
		})
	}
}

func TestReadTimeoutLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		bytes := make(chan string, 1)
		c := connection(t, &hostile{recv: func(p []byte, deadline time.Time) (int, error) {
			select {
			case s := <-bytes:
				return copy(p, s), nil
			default:
				return silence(p, deadline)
			}
		}}, netdev.Options{})
		defer c.Close()
		for range 3 {
			c.SetReadDeadline(time.Now().Add(70 * time.Millisecond))
			_, err := c.Read(make([]byte, 9))
			is.Equal(err, os.ErrDeadlineExceeded) // nothing came
		}
		c.SetDeadline(time.Time{})
		bytes <- "late"
		p := make([]byte, 9)
		n, err := c.Read(p)
		is.NoErr(err)                   // a later deadline revives it
		is.Equal(string(p[:n]), "late") // nothing is lost
	})
}

// deaf is a device in which a Recv minds no deadline and stays until its socket
// is closed.
func deaf() *hostile {
	d := &hostile{}
	d.recv = func([]byte, time.Time) (int, error) {
		<-d.closed()
		return -1, errDevice
	}
	return d
}

func TestReadOfDeviceThatMindsNoDeadline(t *testing.T) {
	for name, tt := range map[string]struct {
		before, under func(netdriver.Conn)
		want          error
		later         error
		within        time.Duration
	}{
		"deadline before": {
			before: func(c netdriver.Conn) { c.SetReadDeadline(time.Now().Add(50 * time.Millisecond)) },
			want:   os.ErrDeadlineExceeded, within: 400 * time.Millisecond,
		},
		"deadline under it": {
			under: func(c netdriver.Conn) { c.SetDeadline(time.Unix(1, 0)) },
			want:  os.ErrDeadlineExceeded, within: 350 * time.Millisecond,
		},
		"close": {
			under: func(c netdriver.Conn) { c.Close() },
			want:  netdev.ErrClosed, later: netdev.ErrClosed,
		},
		"deadline and close": {
			under: func(c netdriver.Conn) { c.SetDeadline(time.Unix(1, 0)); c.Close() },
			want:  netdev.ErrClosed, later: netdev.ErrClosed,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				d := deaf()
				c := connection(t, d, netdev.Options{})
				began := time.Now()
				if tt.before != nil {
					tt.before(c)
				}
				done := make(chan error)
				go func() {
					_, err := c.Read(make([]byte, 9))
					done <- err
				}()
				synctest.Wait() // it is in the device
				if tt.under != nil {
					tt.under(c)
				}
				is.Equal(<-done, tt.want)               // closing the socket ends it
				is.True(time.Since(began) <= tt.within) // soon
				is.Equal(d.sockets(), 0)                // so that is what happened
				c.SetDeadline(time.Time{})
				_, err := c.Read(make([]byte, 9))
				is.True(err != nil && !errors.Is(err, os.ErrDeadlineExceeded)) // there is nothing to revive
				is.True(tt.later == nil || err == tt.later)                    // and it says why
				c.Close()
				is.Equal(d.closes, 1) // the device's number is given back once
			})
		})
	}
}

// A Recv that looks at the clock ten times a second is late, and healthy.
func TestReadOfDeviceThatIsALittleLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		d := &hostile{recv: func(_ []byte, deadline time.Time) (int, error) {
			time.Sleep(time.Until(deadline) + 100*time.Millisecond)
			return -1, devTimeout{}
		}}
		c := connection(t, d, netdev.Options{})
		for range 3 {
			c.SetReadDeadline(time.Now().Add(70 * time.Millisecond))
			_, err := c.Read(make([]byte, 9))
			is.Equal(err, os.ErrDeadlineExceeded) // the deadline has passed
			is.Equal(d.sockets(), 1)              // which is no reason to give up
		}
		c.Close()
	})
}
