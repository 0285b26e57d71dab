package zreq_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// A body whose own Read blocks is bounded where its bytes come from: by the deadline of
// the connection or pipe, or by the other end of an io.Pipe.
func testBodyThatBlocksIsBoundedByItsSource(t *testing.T) {
	is := is.New(t)
	near, far := net.Pipe()
	defer far.Close()
	is.NoErr(near.SetReadDeadline(time.Now().Add(10 * time.Millisecond)))
	sources := map[string]io.Reader{"a net.Conn": near}
	if r, w, err := os.Pipe(); err == nil && r.SetReadDeadline(time.Now().Add(10*time.Millisecond)) == nil {
		defer w.Close()
		defer r.Close()
		sources["an os.Pipe"] = r
	}
	r, w := io.Pipe()
	time.AfterFunc(10*time.Millisecond, func() { _ = w.CloseWithError(os.ErrDeadlineExceeded) })
	sources["an io.Pipe"] = r
	for name, body := range sources {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Discard()})
			_, err := zreq.Post(context.Background(), site, &zreq.Args{Driver: peer, Body: body})
			is.True(errors.Is(err, zreq.ErrBody))
			is.True(errors.Is(err, os.ErrDeadlineExceeded))
			is.Equal(peer.Open(), 0) // what was sent is no whole request
		})
	}
}
