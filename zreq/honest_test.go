package zreq_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// What an error says of its call is so.

// TestShortRangeIsNotRetried: a server that sends less than the Range asked for does so
// again.
func TestShortRangeIsNotRetried(t *testing.T) {
	is := is.New(t)
	const short = "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-4/100\r\nContent-Length: 5\r\n\r\nhello"
	peer := answers(t, short, short, short, short)
	s := &zreq.Session{Driver: peer, Retry: atOnce}
	defer s.Close()
	_, err := s.Get(context.Background(), site, &zreq.Args{Headers: zreq.Headers{{"Range", "bytes=0-99"}}})
	is.True(errors.Is(err, zreq.ErrTruncated))
	is.True(!errors.Is(err, zreq.ErrOutOfRetries))
	is.True(!zreq.Transient(err))
	is.Equal(len(peer.Requests()), 1)
}

// TestErrRequestOnlyBeforeTheRequest: credentials that fail for the second attempt are no
// bad request: one has been sent.
func TestErrRequestOnlyBeforeTheRequest(t *testing.T) {
	is := is.New(t)
	asked, errSealed := 0, errors.New("the vault is sealed")
	auth := &asker{give: func(zreq.AuthRequest) (string, error) {
		if asked++; asked > 1 {
			return "", errSealed
		}
		return "Bearer x", nil
	}}
	s := &zreq.Session{Driver: answers(t, page(503, "busy")), Retry: atOnce}
	defer s.Close()
	_, err := s.Get(context.Background(), site, &zreq.Args{Auth: auth})
	is.True(errors.Is(err, errSealed))
	is.True(!errors.Is(err, zreq.ErrRequest))
	is.True(failure(is, err).Sent > 0)
}

// TestChunkedToHTTP10AfterAWait: how an error is told does not depend on whether the call
// had to wait for its connection.
func TestChunkedToHTTP10AfterAWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		peer := answers(t, "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello")
		s := &zreq.Session{Driver: peer, Pool: zreq.PoolLimits{OpenPerOrigin: 1}}
		defer s.Close()
		first, err := s.Get(context.Background(), site, &zreq.Args{Stream: true})
		is.NoErr(err)
		failed := make(chan error)
		go func() {
			_, err := s.Put(context.Background(), site, &zreq.Args{Body: io.MultiReader(strings.NewReader("chunked"))})
			failed <- err
		}()
		synctest.Wait() // it waits
		_, err = first.ReadN(0)
		is.NoErr(err)
		err = <-failed
		is.True(errors.Is(err, zreq.ErrRequest))
		is.True(!zreq.SafeToRetry(err)) // it fails however often
	})
}

// TestSentOfARefusedExpectation: a body that went out, and cannot be sent again, is told in
// Error.Sent.
func TestSentOfARefusedExpectation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Head(), zreqtest.Pause(2 * time.Second), zreqtest.Send("HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n"), zreqtest.Hold()})
		_, err := zreq.Put(context.Background(), site, &zreq.Args{
			Driver: peer, Expect100: true, Body: io.MultiReader(strings.NewReader("once")),
		})
		is.True(errors.Is(err, zreq.ErrBody))
		is.True(failure(is, err).Sent > 100) // nobody may think that nothing left
	})
}

// TestResetAfterAHint: a kept connection on which a 1xx came was alive.
func TestResetAfterAHint(t *testing.T) {
	for name, over := range drivers {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, append(answering(byLength("hi")), zreqtest.Head(), zreqtest.Send(goOn), zreqtest.Read(1000), zreqtest.Reset()))
			conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: over(peer)})
			is.NoErr(err)
			_, err = zreq.Get(context.Background(), site, &zreq.Args{Connection: conn})
			is.NoErr(err)
			_, err = zreq.Put(context.Background(), site, &zreq.Args{
				Connection: conn, Expect100: true, Body: strings.NewReader(numbered(1 << 20)),
			})
			is.True(err != nil)
			is.True(!errors.Is(err, zreq.ErrStale))
		})
	}
}

// TestAnnouncedPageOverLimitsOfBody: Limits.Body holds for an error page, too, that a
// callback takes.
func TestAnnouncedPageOverLimitsOfBody(t *testing.T) {
	is := is.New(t)
	whole := page(404, numbered(100))
	peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Request(), zreqtest.Send(whole[:len(whole)-95]), zreqtest.Hold()})
	_, err := zreq.Get(context.Background(), site, &zreq.Args{
		Driver: peer, Limits: zreq.Limits{Body: 10}, StreamAnyStatus: true, StreamChunk: 5,
		StreamCallback: func(chunk []byte) error { t.Errorf("%q was passed on", chunk); return nil },
	})
	is.True(errors.Is(err, zreq.ErrTooLarge))
}

// saysEmpty is a body that says that it is empty, and is not.
type saysEmpty struct{ io.Reader }

func (saysEmpty) Size() int64 { return 0 }

// TestEmptyBodyThatIsNot: no request that looks whole leaves before the body was asked
// whether it is empty, however long the head is beside the buffer.
func TestEmptyBodyThatIsNot(t *testing.T) {
	for padding := range 512 {
		is := is.New(t)
		_, err := zreq.Put(context.Background(), site, &zreq.Args{
			Driver: zreqtest.NewPeer(t, steps(zreqtest.Hold())), Body: saysEmpty{strings.NewReader("x")},
			Headers: zreq.Headers{{"X", strings.Repeat("x", padding)}}, Limits: zreq.Limits{ReadBuffer: 512},
		})
		is.True(errors.Is(err, zreq.ErrBody))
		is.Equal(failure(is, err).Sent, int64(0))
	}
}

// TestNoSessionShowsNoMethod: a method that is none is not printed as it came.
func TestNoSessionShowsNoMethod(t *testing.T) {
	is := is.New(t)
	var s *zreq.Session
	_, err := s.Do(context.Background(), "GET\x1b[31m\r\nX", site, nil)
	is.True(!strings.ContainsAny(err.Error(), "\x1b\r\n"))
}
