package netdev_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/netdev"
)

// wedged returns a device in which every call on a connection stays until
// release is closed, whatever becomes of the socket.
func wedged(release chan struct{}) *hostile {
	stay := func([]byte, time.Time) (int, error) {
		<-release
		return -1, errDevice
	}
	return &hostile{recv: stay, send: stay}
}

func dial(driver netdriver.Driver) (netdriver.Conn, error) {
	return driver.Dial(context.Background(), "tcp", "example.org:80")
}

// A call that was to be woken by Close may come back late. Its device gives the
// number of its socket again at once.
func TestNumberIsNotSharedWithAnEarlierCall(t *testing.T) {
	for name, call := range map[string]func(netdriver.Conn) (int, error){
		"Send": func(c netdriver.Conn) (int, error) { return c.Write(make([]byte, 9)) },
		"Recv": func(c netdriver.Conn) (int, error) { return c.Read(make([]byte, 9)) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				release := make(chan struct{})
				d := wedged(release)
				driver := netdev.New(d)
				first, err := dial(driver)
				is.NoErr(err) // a device that connects makes a connection
				done := make(chan error)
				go func() {
					_, err := call(first)
					done <- err
				}()
				synctest.Wait()
				is.NoErr(first.Close())
				is.Equal(d.sockets(), 0) // closed under the call

				began := time.Now()
				second, err := dial(driver)
				is.NoErr(err)                             // one call that stays does not take the device away
				is.True(time.Since(began) <= time.Second) // for long
				is.Equal(d.numbers(), []int{0, 1})        // its number is kept, and another used
				began = time.Now()
				third, err := dial(driver)
				is.NoErr(err)                                 // so the next
				is.Equal(time.Since(began), time.Duration(0)) // need not wait at all
				is.NoErr(second.Close())
				is.NoErr(third.Close())
				is.Equal(d.numbers(), []int{0}) // they are closed as any other

				close(release)
				is.Equal(<-done, netdev.ErrClosed) // the call has ended
				synctest.Wait()
				is.Equal(d.sockets(), 0) // so its number is the device's again
				fourth, err := dial(driver)
				is.NoErr(err)
				is.Equal(d.numbers(), []int{0}) // which gives it as before
				fourth.Close()
			})
		})
	}
}

func TestNumberOfACallThatComesBackSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		d := &hostile{recv: silence}
		driver := netdev.New(d)
		first, err := dial(driver)
		is.NoErr(err)
		done := make(chan error)
		go func() {
			_, err := first.Read(make([]byte, 9))
			done <- err
		}()
		synctest.Wait()
		first.Close()
		second, err := dial(driver)
		is.NoErr(err)                      // it is waited for
		is.Equal(<-done, netdev.ErrClosed) // until it is out
		is.Equal(d.numbers(), []int{0})    // a chip has few sockets
		second.Close()
	})
}

// Two devices with one socket: one says when it has no other, one does not.
func TestOnlyNumberIsStuck(t *testing.T) {
	for name, tt := range map[string]struct {
		again error // of Socket while it is open
		want  error
	}{
		"given again": {nil, netdev.ErrStuck},
		"refused":     {errDevice, errDevice},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				release := make(chan struct{})
				d := wedged(release)
				d.limit = 1
				d.full = tt.again
				driver := netdev.New(d)
				first, err := dial(driver)
				is.NoErr(err)
				go first.Write(make([]byte, 9))
				synctest.Wait()
				first.Close()
				for _, cancel := range []bool{false, true} {
					ctx := context.Background()
					if cancel {
						var stop context.CancelFunc
						ctx, stop = context.WithTimeout(ctx, time.Minute)
						defer stop()
					}
					began := time.Now()
					_, err = driver.Dial(ctx, "tcp", "example.org:80")
					is.True(errors.Is(err, tt.want))          // there is no socket to use
					is.True(time.Since(began) <= time.Second) // and no wait for what may never be
				}
				close(release)
				synctest.Wait()
				c, err := dial(driver)
				is.NoErr(err) // a device that came back dials again
				c.Close()
				is.Equal(d.sockets(), 0)
			})
		})
	}
}
