//go:build (unix && !aix) || windows

package socket_test

import (
	"errors"
	"io"
	"runtime"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/drivertest"
)

// Windows says by an error that nothing has come, for which package syscall allocates
// 8 bytes.
func TestCheckAllocatesNothing(t *testing.T) {
	is := is.New(t)
	silent := 0.0
	if runtime.GOOS == "windows" {
		silent = 1
	}
	c, peer := connect(t, drivertest.TCP(t))
	k := c.(netdriver.Checker)
	is.Equal(testing.AllocsPerRun(100, func() { _ = k.Check() }), silent) // looking at a silent line
	_, err := peer.Write([]byte("x"))
	is.NoErr(err)
	for k.Check() == nil { // until it has arrived
	}
	is.Equal(testing.AllocsPerRun(100, func() { _ = k.Check() }), 0.0) // at unread bytes
	_, err = io.ReadFull(c, make([]byte, 1))
	is.NoErr(err)
	is.NoErr(peer.Close())
	for k.Check() == nil {
	}
	is.Equal(testing.AllocsPerRun(100, func() { _ = k.Check() }), 0.0) // at the end
	is.True(errors.Is(k.Check(), io.EOF))
}

func BenchmarkCheck(b *testing.B) {
	l := drivertest.TCP(b)
	c, _ := connect(b, l)
	k := c.(netdriver.Checker)
	b.ReportAllocs()
	for b.Loop() {
		if err := k.Check(); err != nil {
			b.Fatal(err)
		}
	}
}
