package zreq_test

import (
	"context"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// measuring is a driver whose connections note how much they were asked for at most.
type measuring struct {
	netdriver.Driver
	first, most int
}

func (d *measuring) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := d.Driver.Dial(ctx, network, address)
	return &measuredConn{c, d}, err
}

type measuredConn struct {
	netdriver.Conn
	driver *measuring
}

func (c *measuredConn) Read(p []byte) (int, error) {
	if c.driver.first == 0 {
		c.driver.first = len(p)
	}
	c.driver.most = max(c.driver.most, len(p))
	return c.Conn.Read(p)
}

// A read buffer costs memory, and a small one costs reads: who takes large chunks of a
// body in chunked framing has room for a large one. The head is read with the default.
func TestReadBufferFollowsStreamChunk(t *testing.T) {
	frame := "400\r\n" + strings.Repeat("x", 1<<10) + "\r\n"
	body := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.Repeat(frame, 200) + "0\r\n\r\n"
	for name, tt := range map[string]struct{ chunk, buffer, first, most int }{
		"by default":         {0, 0, 16 << 10, 16 << 10},
		"small chunks":       {512, 0, 16 << 10, 16 << 10},
		"large chunks":       {32 << 10, 0, 16 << 10, 32 << 10},
		"huge chunks":        {1 << 20, 0, 16 << 10, 64 << 10},
		"it was chosen":      {32 << 10, 1 << 10, 1 << 10, 1 << 10},
		"it was chosen, too": {512, 64 << 10, 64 << 10, 64 << 10},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, answering(body))
			driver := &measuring{Driver: peer}
			_, err := zreq.Get(context.Background(), "http://device.test/", &zreq.Args{
				Driver:         driver,
				StreamChunk:    tt.chunk,
				StreamCallback: func([]byte) error { return nil },
				Limits:         zreq.Limits{ReadBuffer: tt.buffer},
			})
			is.NoErr(err)
			is.Equal(driver.first, tt.first)
			is.True(driver.most <= tt.most && driver.most > tt.most/2) // less what was not used yet
		})
	}
}
