package zlog_test

import (
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/matryer/is"
	"github.com/rs/zerolog"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zlog"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// TestAllocations: a line costs nothing but the writing, unless the call has failed,
// and one that is off costs nothing at all.
func TestAllocations(t *testing.T) {
	done := zreq.Event{
		Kind: zreq.EventDone, Call: 1, Attempt: 1, Method: "GET", URL: site, Elapsed: time.Second, Status: 200,
		Sent: 86, Received: 5, Reused: true, Reason: zreq.CloseByPeer, Conn: conn{},
	}
	detail, head, retry, failed, quoting := done, done, done, done, done
	detail.Kind, head.Kind, retry.Kind = zreq.EventConn, zreq.EventHead, zreq.EventRetry
	addressed := detail
	addressed.Conn = placed{}
	detail.Idle, retry.Wait = time.Second, time.Second
	failed.Err = &zreq.Error{Phase: zreq.PhaseDial, Method: "GET", Err: io.ErrUnexpectedEOF}
	quoting.Err = &zreq.Error{Phase: zreq.PhaseDial, Method: "GET", Err: errors.New("at http://u:p@h/?q")}
	for _, tt := range []struct {
		name  string
		level zerolog.Level
		event zreq.Event
		most  float64
	}{
		{"done", zerolog.InfoLevel, done, 0},
		{"done, off", zerolog.WarnLevel, done, 0},
		{"conn", zerolog.DebugLevel, detail, 0},
		{"conn with addresses", zerolog.DebugLevel, addressed, 6},
		{"conn with addresses, off", zerolog.InfoLevel, addressed, 0},
		{"head", zerolog.DebugLevel, head, 0},
		{"retry", zerolog.DebugLevel, retry, 0},
		{"failed", zerolog.InfoLevel, failed, 0},
		{"failed, off", zerolog.Disabled, quoting, 0},
		{"quoting", zerolog.InfoLevel, quoting, 4},
	} {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			trace := zlog.New(zerolog.New(io.Discard).Level(tt.level))
			got := testing.AllocsPerRun(1000, func() { trace.Trace(tt.event) })
			t.Logf("%v allocations", got)
			is.True(zreqtest.RaceDetector || got <= tt.most)
		})
	}
}

// conn is a connection that knows no addresses.
type conn struct{ io.ReadWriteCloser }

func (conn) SetDeadline(time.Time) error      { return nil }
func (conn) SetReadDeadline(time.Time) error  { return nil }
func (conn) SetWriteDeadline(time.Time) error { return nil }

// placed is one that knows its own.
type placed struct{ conn }

func (placed) LocalAddr() net.Addr  { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 50000} }
func (placed) RemoteAddr() net.Addr { return nil }
