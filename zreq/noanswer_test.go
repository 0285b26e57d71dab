package zreq_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// uncleanDriver is a driver whose connections tell every end as one that nothing
// proves, as TLS does where there was no close_notify.
type uncleanDriver struct{ netdriver.Driver }

type uncleanConn struct{ netdriver.Conn }

func (d uncleanDriver) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := d.Driver.Dial(ctx, network, address)
	return uncleanConn{c}, err
}

func (c uncleanConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// TestNoAnswerIsEOF: a server that closes before a response begins leaves io.EOF
// in the chain, and the word in the text, because that is what those who retry look
// for; in every mode.
func TestNoAnswerIsEOF(t *testing.T) {
	closes := []zreqtest.Step{zreqtest.Request(), zreqtest.Close()}
	for mode, args := range map[string]zreq.Args{
		"buffered": {}, "callback": {StreamCallback: new(sink).take}, "Stream": {Stream: true},
		"with a body": {Body: strings.NewReader("hello")},
	} {
		for end, wrap := range map[string]func(netdriver.Driver) netdriver.Driver{
			"clean":   func(d netdriver.Driver) netdriver.Driver { return d },
			"unclean": func(d netdriver.Driver) netdriver.Driver { return uncleanDriver{d} },
		} {
			t.Run(mode+"/"+end, func(t *testing.T) {
				is := is.New(t)
				own := args
				own.Driver = wrap(zreqtest.NewPeer(t, closes))
				resp, err := zreq.Post(context.Background(), site, &own)
				is.True(resp == nil)
				noAnswer(is, err, zreq.ErrConnect)
			})
			t.Run(mode+"/"+end+"/kept", func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, append(answering(byLength("first")), closes...))
				s := &zreq.Session{Driver: wrap(peer)}
				defer s.Close()
				_, err := s.Get(context.Background(), site, nil)
				is.NoErr(err)
				resp, err := s.Post(context.Background(), site, &args)
				is.True(resp == nil)
				noAnswer(is, err, zreq.ErrStale)
			})
		}
	}
}

func noAnswer(is *is.I, err, kind error) {
	is.Helper()
	is.True(errors.Is(err, io.EOF))                // the idiom of those who retry
	is.True(!errors.Is(err, io.ErrUnexpectedEOF))  // nothing had begun that could be cut
	is.True(strings.HasSuffix(err.Error(), "EOF")) // some read the text
	is.True(errors.Is(err, kind))                  // and the kind is told
	is.True(!zreq.SafeToRetry(err))                // the request went out
}

// TestCutIsNeverEOF: of a response that has begun, io.EOF would be a good end.
func TestCutIsNeverEOF(t *testing.T) {
	for name, answer := range map[string]string{
		"length":    "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
		"chunk":     chunkedHead + "9\r\nhello",
		"head":      "HTTP/1.1 200 OK\r\nContent-Le",
		"after 100": "HTTP/1.1 100 Go\r\n\r\n",
	} {
		for mode, stream := range map[string]bool{"buffered": false, "Stream": true} {
			t.Run(name+"/"+mode, func(t *testing.T) {
				is := is.New(t)
				resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: ends(t, answer), Stream: stream})
				if err == nil {
					_, err = io.ReadAll(resp)
				}
				is.True(errors.Is(err, zreq.ErrTruncated))
				is.True(!errors.Is(err, io.EOF))
				is.True(errors.Is(err, io.ErrUnexpectedEOF))
			})
		}
	}
}

// TestErrorIsANetError: libraries ask an error for net.Error by a type assertion.
func TestErrorIsANetError(t *testing.T) {
	for name, tt := range map[string]struct {
		cause              error
		timeout, temporary bool
	}{
		"refused":      {&net.OpError{Op: "dial", Err: &os.SyscallError{Syscall: "connect", Err: syscall.ECONNREFUSED}}, false, false},
		"out of files": {&net.OpError{Op: "dial", Err: &os.SyscallError{Syscall: "socket", Err: syscall.EMFILE}}, false, true},
		"deadline":     {os.ErrDeadlineExceeded, true, true},
		"context":      {context.DeadlineExceeded, true, true},
		"cancelled":    {context.Canceled, false, false},
		"no such host": {&net.DNSError{IsNotFound: true}, false, false},
		"servfail":     {&net.DNSError{IsTemporary: true}, false, true},
		"its own":      {errCable, false, false},
		"only a limit": {tooLate{}, true, true}, // which does not call itself temporary
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			e, ok := error(&zreq.Error{Err: tt.cause}).(net.Error)
			is.True(ok)
			is.Equal(e.Timeout(), tt.timeout)
			//lint:ignore SA1019 old programs ask for it
			is.Equal(e.Temporary(), tt.temporary)
		})
	}
	t.Run("of a call", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request()})
		_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Timeouts: zreq.Timeouts{Head: 10 * time.Millisecond}})
		e, ok := err.(net.Error)
		is.True(ok)
		//lint:ignore SA1019 old programs ask for it
		is.True(e.Timeout() && e.Temporary()) // a limit of Timeouts is both, as in net/http
	})
}
