//go:build !tinygo

package tlsnet_test

import (
	"crypto/tls"
	"errors"
	"io"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
)

// brokenConn is a driver whose connection breaks with an error of its own.
type brokenConn struct {
	*memnet.Conn
	err error
}

func (c *brokenConn) Read(p []byte) (int, error) {
	if err := c.err; err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

func (c *brokenConn) Write(p []byte) (int, error) {
	if err := c.err; err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}

// systemTimeout is as ETIMEDOUT: it calls itself a thing that passes, too.
type systemTimeout struct{ oddTimeout }

func (systemTimeout) Temporary() bool { return true }

// openBroken shakes hands over a driver to break.
func openBroken(t *testing.T) (netdriver.Conn, *tls.Conn, *brokenConn) {
	t.Helper()
	var below *brokenConn
	client, server := overDriver(t, func(c netdriver.Conn) netdriver.Conn {
		below = &brokenConn{Conn: c.(*memnet.Conn)}
		return below
	})
	return client, server, below
}

func TestConnDeathByTimeout(t *testing.T) {
	for name, by := range map[string]time.Time{
		"no deadline":          {},
		"a deadline far ahead": time.Now().Add(time.Hour),
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			client, server, below := openBroken(t)
			client.SetDeadline(by)
			below.err = systemTimeout{}
			_, err := client.Read(make([]byte, 9))
			is.True(errors.Is(err, systemTimeout{}))         // the network gave up, as ETIMEDOUT says
			is.True(!errors.Is(err, os.ErrDeadlineExceeded)) // which is no deadline
			n, err := client.Write([]byte("x"))
			is.Equal(n, 0)                                   // nothing left
			is.True(errors.Is(err, systemTimeout{}))         // for the same reason
			is.True(!errors.Is(err, os.ErrDeadlineExceeded)) // and it is not to be tried again
			below.err = nil
			is.True(errors.Is(check(client), systemTimeout{})) // whatever the driver's Check says
			server.Write([]byte("hello"))
			_, err = client.Read(make([]byte, 9))
			is.True(errors.Is(err, systemTimeout{})) // a death stays one
			_, err = client.Write([]byte("x"))
			is.True(errors.Is(err, systemTimeout{})) // in both directions
		})
	}
}

func TestConnTimeoutIsADeadline(t *testing.T) {
	for name, tt := range map[string]struct {
		by  time.Duration // from now, if not zero
		err error
	}{
		"that was moved since":      {0, wrapped{os.ErrDeadlineExceeded}},
		"on a clock that runs fast": {500 * time.Microsecond, oddTimeout{}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				client, server, below := openBroken(t)
				if tt.by != 0 {
					client.SetDeadline(time.Now().Add(tt.by))
				}
				below.err = tt.err
				_, err := client.Read(make([]byte, 9))
				is.Equal(err, os.ErrDeadlineExceeded) // a deadline came
				_, err = client.Write([]byte("there"))
				is.Equal(err, os.ErrDeadlineExceeded) // for both
				below.err = nil
				client.SetDeadline(time.Time{})
				server.Write([]byte("hello"))
				is.Equal(readString(is, client, 5), "hello")         // and the connection lives
				is.NoErr(client.(netdriver.HalfCloser).CloseWrite()) // with what was late
				is.Equal(readString(is, server, 5), "there")         // in both directions
			})
		})
	}
}

func TestConnWrappedEnd(t *testing.T) {
	for _, end := range []error{io.EOF, io.ErrUnexpectedEOF} {
		t.Run(end.Error(), func(t *testing.T) {
			is := is.New(t)
			client, _, below := openBroken(t)
			below.err = wrapped{end}
			_, err := client.Read(make([]byte, 9))
			is.Equal(err, io.ErrUnexpectedEOF) // an end of the driver is no close_notify, in any wrapping
		})
	}
}

func TestCheckOfErrorWithBytes(t *testing.T) {
	is := is.New(t)
	var below *onceCheckedConn
	client, server := overDriver(t, func(c netdriver.Conn) netdriver.Conn {
		below = &onceCheckedConn{onceConn{Conn: c}}
		return below
	})
	below.err = memnet.ErrReset
	server.Write([]byte("hello"))
	is.Equal(readString(is, client, 5), "hello")       // the bytes come first
	is.True(errors.Is(check(client), memnet.ErrReset)) // the error is known, whatever the driver's Check says
	is.True(errors.Is(check(client), memnet.ErrReset)) // and stays
}

// onceCheckedConn is a onceConn whose Check knows nothing of the error.
type onceCheckedConn struct{ onceConn }

func (c *onceCheckedConn) Check() error { return c.Conn.(netdriver.Checker).Check() }
