//go:build !tinygo

package netdev_test

import (
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/netdev"
)

// A program that stalls finds the alarm due as soon as it goes on, and the Recv as well,
// which therefore gets more time.
func TestReadOfAProgramThatStalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		d := deaf()
		c := connection(t, d, netdev.Options{})
		done := make(chan error, 1)
		go func() {
			_, err := c.Read(make([]byte, 9))
			done <- err
		}()
		synctest.Wait() // it is in the device
		c.SetReadDeadline(time.Unix(1, 0))
		netdev.Alarm(c)
		is.Equal(d.sockets(), 1) // one alarm gives nothing up
		netdev.Alarm(c)
		is.Equal(d.sockets(), 0) // and the next one does
		is.Equal(<-done, os.ErrDeadlineExceeded)
	})
}
