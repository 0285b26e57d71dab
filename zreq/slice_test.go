package zreq_test

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// testEarlyAnswerBetweenWrites: where a driver cannot look, what comes while the peer
// reads on is heard soon all the same.
func testEarlyAnswerBetweenWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		sip := slices.Repeat([]zreqtest.Step{zreqtest.Read(4096), zreqtest.Pause(10 * time.Millisecond)}, 100)
		peer := zreqtest.NewPeer(t, slices.Concat(
			[]zreqtest.Step{zreqtest.Head()}, sip, []zreqtest.Step{zreqtest.Send(page(413, "too large"))}, sip, []zreqtest.Step{zreqtest.Hold()}))
		peer.Net().BufferBytes = 4096
		began := time.Now()
		resp, err := zreq.Put(context.Background(), site, &zreq.Args{Driver: memnet.Bare(peer), Body: strings.NewReader(earlyBody)})
		is.NoErr(err)
		is.Equal(resp.Status, 413)
		is.True(time.Since(began) <= time.Second+150*time.Millisecond)
	})
}

// testEarlyAnswerOverTLS: TLS is sliced as plain TCP is.
func testEarlyAnswerOverTLS(t *testing.T) {
	for name, tt := range map[string]struct {
		say  string // first
		wait time.Duration
	}{
		"at once":      {"", 0},
		"late":         {"", 10 * time.Second},
		"behind hints": {goOn + hint, 3 * time.Second},
	} {
		for kind, body := range earlyBodies {
			t.Run(name+"/"+kind, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					same := func(d netdriver.Driver) netdriver.Driver { return d }
					l := newLab(t, true, same, func(c *labConn) {
						if !c.request() {
							return
						}
						c.send(tt.say)
						time.Sleep(tt.wait)
						c.send(page(413, "too large")) // and reads no more
					})
					args := l.args
					args.Headers, args.Body = asks(), body()
					began := time.Now()
					resp, err := zreq.Put(context.Background(), l.url, &args)
					is.NoErr(err)
					is.True(time.Since(began) <= tt.wait+100*time.Millisecond)
					is.Equal(resp.Status, 413)
					is.Equal(content(is, resp), "too large")
					is.Equal(resp.CloseReason(), zreq.CloseUnsent)
				})
			})
		}
	}
}

// TestCutWritesOverTLS: what a slice of time cut is finished, and nothing is lost or
// sent twice, however slowly the peer reads, whether the TLS is zreq's own or the driver's.
func TestCutWritesOverTLS(t *testing.T) {
	for name, gap := range map[string]time.Duration{"quick": 0, "slow": 30 * time.Millisecond, "slower than a slice": 200 * time.Millisecond} {
		for kind, body := range earlyBodies {
			for layer, ofDriver := range map[string]bool{"https": false, "http in a tunnel": true} {
				for _, buffer := range []int{4 << 10, 64 << 10} {
					t.Run(name+"/"+kind+"/"+layer, func(t *testing.T) {
						t.Parallel()
						synctest.Test(t, func(t *testing.T) { cutWrites(t, gap, buffer, body(), kind == "chunked", ofDriver) })
					})
				}
			}
		}
	}
}

func cutWrites(t *testing.T, gap time.Duration, buffer int, body io.Reader, chunked, ofDriver bool) {
	is := is.New(t)
	var got []byte
	same := func(d netdriver.Driver) netdriver.Driver { return d }
	l := newLab(t, true, same, func(c *labConn) {
		c.raw.most.Store(5000)
		c.raw.reads.Store(int64(gap))
		p := make([]byte, 16<<10)
		for !earlyBodyEnds(got) {
			n, err := c.Read(p)
			if got = append(got, p[:n]...); err != nil {
				return
			}
		}
		c.send(noContent)
	})
	l.net.BufferBytes = 20_000
	args, url := l.args, l.url
	if ofDriver {
		args.Driver, args.TLS, url = tunnel{l.net, args.TLS}, nil, site
	}
	args.Headers, args.Body, args.Limits.ReadBuffer = asks(), body, buffer
	resp, err := zreq.Put(context.Background(), url, &args)
	is.NoErr(err)
	is.True(resp.Connection != nil) // all was sent
	_, rest, _ := strings.Cut(string(got), "\r\n\r\n")
	if chunked {
		rest = dechunk(t, rest)
	}
	is.True(rest == earlyBody)
	is.NoErr(resp.Connection.Close())
}

// tunnel is a driver whose connections are TLS by themselves, as through a proxy.
type tunnel struct {
	netdriver.Driver
	tls netdriver.TLS
}

func (d tunnel) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := d.Driver.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return d.tls.Client(ctx, c, "device.test")
}

// earlyBodies make a body of a megabyte in each way that it can be sent.
var earlyBodies = map[string]func() io.Reader{
	"sized":   func() io.Reader { return strings.NewReader(earlyBody) },
	"chunked": func() io.Reader { return stream{strings.NewReader(earlyBody)} },
	"sender":  func() io.Reader { return &sender{Reader: bytes.NewReader([]byte(earlyBody))} },
}

// earlyBody is such that its last write is a long one.
var earlyBody = numbered(998_000) + "END"

// earlyBodyEnds reports whether a request with one of them is whole.
func earlyBodyEnds(request []byte) bool {
	return bytes.HasSuffix(request, []byte("END")) || bytes.HasSuffix(request, []byte("\r\n0\r\n\r\n"))
}
