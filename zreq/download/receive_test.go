//go:build !tinygo

package download_test

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"syscall"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq/download"
)

// puts is a connection that puts into a file what it is told to.
type puts struct {
	netdriver.Conn
	n     int64
	short int64 // of n, in truth
	err   error
	calls int
}

func (p *puts) ReceiveFile(f *os.File, _ int64) (int64, error) {
	p.calls++
	if _, err := f.Write(make([]byte, max(p.n-p.short, 0))); err != nil {
		return 0, err
	}
	return p.n, p.err
}

func TestReceiveFrom(t *testing.T) {
	full := &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}
	broken := &net.OpError{Op: "read", Err: syscall.EOPNOTSUPP}
	type bare struct{ netdriver.Conn }
	for name, tt := range map[string]struct {
		conn netdriver.Conn
		n    int64
		ok   bool
		err  error // of the connection
		kept error // of the file, which Commit tells
	}{
		"all is well":             {&puts{n: 100}, 100, true, nil, nil},
		"the end":                 {&puts{err: io.EOF}, 0, true, io.EOF, nil},
		"a deadline":              {&puts{n: 5, err: os.ErrDeadlineExceeded}, 5, true, os.ErrDeadlineExceeded, nil},
		"not this file":           {&puts{err: errors.ErrUnsupported}, 0, false, nil, nil},
		"not this connection":     {bare{}, 0, false, nil, nil},
		"a full disk":             {&puts{n: 100, err: full}, 100, true, nil, full},
		"a connection that broke": {&puts{n: 5, err: broken}, 5, true, broken, nil},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			f, err := download.Create(target(t, false))
			is.NoErr(err)
			defer f.Close()
			n, ok, err := f.ReceiveFrom(tt.conn, 100)
			is.Equal(n, tt.n)
			is.Equal(ok, tt.ok)
			is.Equal(err, tt.err)
			err = f.Commit()
			is.True(errors.Is(err, tt.kept)) // what could not be written is not lost
			is.Equal(err == nil, tt.kept == nil)
			if tt.kept == nil {
				return
			}
			is.Equal(failure(is, err).Step, download.StepWrite)
			n, ok, err = f.ReceiveFrom(tt.conn, 100)
			is.NoErr(err)
			is.True(n == 0 && !ok) // and nothing more is taken for it
			is.Equal(tt.conn.(*puts).calls, 1)
			_, err = f.Write([]byte("x"))
			is.True(errors.Is(err, full)) // Write tells why
		})
	}
}

// TestFileThatIsNotAsLongAsItShouldBe: what was not written, or too often, is no
// success, whoever says so.
func TestFileThatIsNotAsLongAsItShouldBe(t *testing.T) {
	for name, short := range map[string]int64{"nothing": 100, "short": 1, "long": -1} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			path := target(t, true)
			f, err := download.Create(path)
			is.NoErr(err)
			defer f.Close()
			n, ok, err := f.ReceiveFrom(&puts{n: 100, short: short}, 100)
			is.NoErr(err)
			is.True(n == 100 && ok) // it says
			is.Equal(failure(is, f.Commit()).Step, download.StepWrite)
			is.NoErr(f.Close())
			is.Equal(holds(t, path), was)
		})
	}
}

func TestReceiveFromAfterTheEnd(t *testing.T) {
	is := is.New(t)
	f, err := download.Create(target(t, false))
	is.NoErr(err)
	is.NoErr(f.Commit())
	conn := &puts{n: 100}
	n, ok, err := f.ReceiveFrom(conn, 100)
	is.NoErr(err)
	is.True(n == 0 && !ok) // there is no file
	is.Equal(conn.calls, 0)
}
