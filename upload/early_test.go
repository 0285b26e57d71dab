package upload_test

import (
	"bytes"
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// TestUploadAnsweredEarly: an early answer ends the upload. That it is no success
// is the caller's to know; that it looks like one is an error.
func TestUploadAnsweredEarly(t *testing.T) {
	for name, tt := range map[string]struct {
		answer string
		unsent bool
		status int
	}{
		"too large":    {"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n", false, 413},
		"who are you":  {"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", false, 401},
		"elsewhere":    {"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", false, 302},
		"all is well":  {created, true, 201},
		"nothing said": {"HTTP/1.1 204 No Content\r\n\r\n", true, 204},
	} {
		for when, from := range map[string]int64{"in the middle": -1, "before the body": 1} {
			t.Run(name+", "+when, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Head(), zreqtest.Send(tt.answer), zreqtest.Hold()})
					const size = 1 << 20
					var last int64
					resp, err := upload.Upload(context.Background(), site, bytes.NewReader(make([]byte, size)), &upload.Args{
						Driver: peer, ExpectFrom: from, Progress: func(sent, _ int64) { last = sent },
					})
					is.Equal(resp.Status, tt.status) // the answer is there in any case
					is.Equal(resp.CloseReason(), zreq.CloseUnsent)
					is.Equal(errors.Is(err, upload.ErrUnsent), tt.unsent)
					is.Equal(err != nil, tt.unsent)
					is.True(last < size)
					var unsent *upload.UnsentError
					if errors.As(err, &unsent) {
						is.Equal(*unsent, upload.UnsentError{Sent: last, Total: size}) // how far it came
						is.True(strings.Contains(err.Error(), strconv.FormatInt(last, 10)+" of 1048576 bytes"))
					}
					is.Equal(peer.Open(), 0)
				})
			})
		}
	}
}

// TestUploadAnsweredBeforeTheLastBuffer: that a body was read to its end does not
// say that it has left.
func TestUploadAnsweredBeforeTheLastBuffer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Head(), zreqtest.Send(created), zreqtest.Hold()})
		peer.Net().BufferBytes = 512 // so that one buffer of the upload takes more than one write
		var last int64
		resp, err := upload.Upload(context.Background(), site, bytes.NewReader(make([]byte, 2000)), &upload.Args{
			Driver: peer, Progress: func(sent, _ int64) { last = sent },
		})
		is.True(errors.Is(err, upload.ErrUnsent))
		is.Equal(resp.Status, 201)
		is.Equal(last, int64(0)) // no whole buffer has left
	})
}

// TestUploadAnsweredEarlyAndCancelled: a context that ends at the very end of the
// answer, too late to be the error of the call, does not hide that a part is missing.
func TestUploadAnsweredEarlyAndCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, []zreqtest.Step{
			zreqtest.Head(), zreqtest.Send("HTTP/1.1 201 Created\r\nContent-Length: 4\r\n\r\n"),
			zreqtest.Pause(time.Second), zreqtest.Send("done"), zreqtest.Hold(),
		})
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		resp, err := upload.Upload(ctx, site, bytes.NewReader(make([]byte, 1<<20)), &upload.Args{
			Driver: &lateEnd{peer, cancel}, ExpectFrom: -1,
		})
		is.Equal(resp.Status, 201)
		is.True(errors.Is(err, upload.ErrUnsent))
	})
}

// lateEnd cancels when the last word of the answer is read.
type lateEnd struct {
	netdriver.Driver
	cancel func()
}

func (d *lateEnd) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := d.Driver.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return lateConn{c.(*memnet.Conn), d}, nil
}

type lateConn struct {
	*memnet.Conn
	d *lateEnd
}

func (c lateConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if bytes.HasSuffix(p[:n], []byte("done")) {
		c.d.cancel()
	}
	return n, err
}

// TestUploadWithoutALook: on a driver that cannot look, a success that comes
// early is seen after the write that failed, and not believed either.
func TestUploadWithoutALook(t *testing.T) {
	is := is.New(t)
	peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Head(), zreqtest.Send(created), zreqtest.Close()})
	resp, err := upload.Upload(context.Background(), site, bytes.NewReader(make([]byte, 1<<20)), &upload.Args{
		Driver: memnet.Bare(peer), ExpectFrom: -1,
	})
	is.True(errors.Is(err, upload.ErrUnsent))
	is.Equal(resp.Status, 201)
}
