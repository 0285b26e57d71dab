package zreq_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
)

// idleDriver dials connections that nothing comes from.
type idleDriver struct{}

type idleConn struct{ _ byte }

func (*idleDriver) Dial(context.Context, string, string) (netdriver.Conn, error) {
	return new(idleConn), nil
}
func (*idleConn) Read([]byte) (int, error)         { return 0, io.EOF }
func (*idleConn) Write(p []byte) (int, error)      { return len(p), nil }
func (*idleConn) Close() error                     { return nil }
func (*idleConn) SetDeadline(time.Time) error      { return nil }
func (*idleConn) SetReadDeadline(time.Time) error  { return nil }
func (*idleConn) SetWriteDeadline(time.Time) error { return nil }

// TestConnectionKeepsNoURL: a signed URL is long, and a connection outlives it.
func TestConnectionKeepsNoURL(t *testing.T) {
	is := is.New(t)
	const size, long = 50, 100 << 10
	kept := make([]*zreq.Connection, size)
	before := inUse()
	for i := range kept {
		url := "http://device.test/?signature=" + strings.Repeat("x", long)
		var err error
		kept[i], err = zreq.Connect(context.Background(), url, &zreq.Args{Driver: new(idleDriver)})
		is.NoErr(err)
	}
	each := (inUse() - before) / size
	is.True(each < long/10)
	for _, c := range kept {
		is.NoErr(c.Close())
	}
}
