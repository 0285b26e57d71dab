package zreq_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// TestEarlyAnswer: a server that will not have the body says why and closes. Its
// answer is the response, not the broken connection (RFC 9112, 9.5).
func TestEarlyAnswer(t *testing.T) {
	large := func() *bytes.Reader { return bytes.NewReader(make([]byte, 1<<20)) }
	refusal := []zreqtest.Step{zreqtest.Head(), zreqtest.Send(page(413, "too large")), zreqtest.Close()}
	for name, bare := range map[string]bool{"a driver that can look": false, "a driver that cannot": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, append(answering(byLength("first")), refusal...))
				args := zreq.Args{Driver: peer, Headers: asks()}
				if bare {
					args.Driver = memnet.Bare(peer)
				}
				resp, err := zreq.Get(context.Background(), site, &args)
				is.NoErr(err)
				args.Connection, args.Body = resp.Connection, large()
				resp, err = zreq.Put(context.Background(), site, &args)
				is.NoErr(err) // a 413 is no error in itself
				is.Equal(resp.Status, 413)
				is.Equal(content(is, resp), "too large")
				is.Equal(resp.CloseReason(), zreq.CloseUnsent) // half a request lies on it
				is.True(resp.Connection == nil)
				is.Equal(peer.Open(), 0)
			})
		})
	}
	t.Run("with a callback", func(t *testing.T) {
		is := is.New(t)
		resp, err := zreq.Post(context.Background(), site, &zreq.Args{
			Driver: zreqtest.NewPeer(t, refusal), Body: large(), StreamCallback: func([]byte) error { panic("called") },
		})
		is.True(errors.Is(err, zreq.ErrStatus)) // the rules of the callback hold
		is.Equal(resp.Status, 413)
	})
	t.Run("cut short", func(t *testing.T) {
		is := is.New(t)
		script := []zreqtest.Step{zreqtest.Head(), zreqtest.Send("HTTP/1.1 200 OK\r\n\r\nhalf of it"), zreqtest.Close()}
		resp, err := zreq.Post(context.Background(), site, &zreq.Args{Driver: zreqtest.NewPeer(t, script), Body: large()})
		is.True(errors.Is(err, zreq.ErrTruncated)) // an end beside an error of the connection proves nothing
		is.Equal(content(is, resp), "half of it")
	})
	t.Run("none", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Head(), zreqtest.Close()})
		resp, err := zreq.Post(context.Background(), site, &zreq.Args{Driver: peer, Body: large()})
		is.True(resp == nil)
		is.True(errors.Is(err, zreq.ErrConnect))
		is.True(errors.Is(err, memnet.ErrReset))         // the failure to send is what is told
		is.Equal(failure(is, err).Phase, zreq.PhaseSend) // and its phase
		is.True(failure(is, err).Sent > 0)               // and that something went out
		is.True(!zreq.SafeToRetry(err))                  // so that it may have been acted on
		is.Equal(peer.Open(), 0)                         // nothing is left open
	})
}

// TestTaken: Taken is where a callback's sink stands, and Received is not: of a
// body that was cut short a part of a chunk may have come.
func TestTaken(t *testing.T) {
	is := is.New(t)
	body := numbered(10_000)
	s := new(sink)
	peer := ends(t, byLength(body)[:len(byLength(body))-5000])
	_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, StreamChunk: 4096, StreamCallback: s.take})
	is.True(errors.Is(err, zreq.ErrTruncated))
	is.Equal(failure(is, err).Received, int64(5000)) // what came
	is.Equal(failure(is, err).Taken, int64(4096))    // what the callback had: go on here

	full := errors.New("flash is full")
	calls := 0
	_, err = zreq.Get(context.Background(), site, &zreq.Args{Driver: ends(t, byLength(body)), StreamCallback: func([]byte) error {
		if calls++; calls == 3 {
			return full
		}
		return nil
	}})
	is.True(errors.Is(err, full))
	is.Equal(failure(is, err).Taken, int64(2*512)) // the chunk it refused does not count
}
