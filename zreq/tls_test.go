package zreq_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
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

const secure = "https://u:p@device.test/x"

// testTLSIsProven: an https request goes out only over a connection that a TLS
// made; nothing falls back to plain text.
func testTLSIsProven(t *testing.T) {
	for name, tt := range map[string]struct {
		tls   netdriver.TLS
		want  error
		dials int
		says  string
	}{
		"no TLS":                     {nil, zreq.ErrNoTLS, 0, "Args.TLS"},
		"TLS that returns plain":     {&seal{plain: true}, zreq.ErrConnect, 1, "plain"},
		"TLS that does not prove it": {&seal{fail: errCable}, zreq.ErrConnect, 1, "cable"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			var scripts [][]zreqtest.Step
			if tt.dials > 0 {
				scripts = append(scripts, []zreqtest.Step{zreqtest.Request()})
			}
			peer := zreqtest.NewPeer(t, scripts...)
			resp, err := zreq.Get(context.Background(), secure, &zreq.Args{Driver: peer, TLS: tt.tls})
			is.True(resp == nil)
			is.True(errors.Is(err, tt.want))
			is.True(strings.Contains(err.Error(), tt.says)) // the cure, or the cause
			is.Equal(failure(is, err).Sent, int64(0))
			is.Equal(peer.Dials(), tt.dials)
			is.Equal(len(peer.Requests()), 0) // no byte went out
			is.Equal(peer.Open(), 0)          // and nothing is left open
		})
	}
}

// testTLSChoice: the call's TLS, else the chip's, else the program's; one that
// was given is never passed over.
func testTLSChoice(t *testing.T) {
	for name, tt := range map[string]struct {
		call, chip, program bool
		want                string
	}{
		"all three":        {true, true, true, "call"},
		"the call's":       {true, false, false, "call"},
		"chip and program": {false, true, true, "chip"},
		"the program's":    {false, false, true, "program"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := answers(t, noContent)
			call, program, chip := &seal{}, &seal{}, &chipDriver{Driver: peer}
			args := &zreq.Args{Driver: peer}
			if tt.call {
				args.TLS = call
			}
			if tt.chip {
				args.Driver = chip
			}
			if tt.program {
				before := netdriver.DefaultTLS()
				netdriver.SetTLS(program)
				defer netdriver.SetTLS(before)
			}
			_, err := zreq.Get(context.Background(), secure, args)
			is.NoErr(err)
			is.Equal(peer.Addresses(), []string{"device.test:443"})
			for who, names := range map[string][]string{"call": call.names, "chip": chip.names, "program": program.names} {
				if who == tt.want {
					is.Equal(names, []string{"device.test"}) // it is told whom to expect
				} else {
					is.Equal(len(names), 0) // the others are not asked
				}
			}
			is.Equal(peer.Open(), 0)
		})
	}
	t.Run("the name of an address", func(t *testing.T) {
		is := is.New(t)
		s := &seal{}
		_, err := zreq.Get(context.Background(), "https://[2001:db8::1]:8443/", &zreq.Args{Driver: answers(t, noContent), TLS: s})
		is.NoErr(err)
		is.Equal(s.names, []string{"2001:db8::1"}) // without brackets
	})
	t.Run("http", func(t *testing.T) {
		is := is.New(t)
		s := &seal{}
		_, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: answers(t, noContent), TLS: s})
		is.NoErr(err)
		is.Equal(len(s.names), 0) // needs none
	})
}

// TestTLSStays: a connection is dialled again with the TLS that it was opened
// with, whatever the program chooses meanwhile.
func TestTLSStays(t *testing.T) {
	is := is.New(t)
	before := netdriver.DefaultTLS()
	defer netdriver.SetTLS(before)
	first, then := &seal{}, &seal{}
	netdriver.SetTLS(first)
	peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Close()}, answering(noContent, noContent))
	conn, err := zreq.Connect(context.Background(), secure, &zreq.Args{Driver: peer})
	is.NoErr(err)
	defer conn.Close()
	peer.Wait() // until it has died
	netdriver.SetTLS(then)
	_, err = zreq.Get(context.Background(), secure, &zreq.Args{Connection: conn})
	is.NoErr(err)
	is.Equal(conn.Dials(), 2)
	is.Equal(len(first.names), 2) // once for each dial
	is.Equal(len(then.names), 0)  // a connection has one TLS setting
	_, err = zreq.Get(context.Background(), secure, &zreq.Args{Connection: conn, TLS: first})
	is.NoErr(err) // which may be named
	_, err = zreq.Get(context.Background(), secure, &zreq.Args{Connection: conn, TLS: then})
	is.True(errors.Is(err, zreq.ErrOtherOrigin)) // and no other
}

// chipDriver speaks TLS itself.
type chipDriver struct {
	netdriver.Driver
	names []string
}

func (d *chipDriver) DialTLS(ctx context.Context, network, address, name string) (netdriver.Conn, error) {
	d.names = append(d.names, name)
	return d.Dial(ctx, network, address)
}

// testTLSProvesTheEnd: where the end of the connection is the peer's word, a
// body until close is whole, and may go to a callback.
func testTLSProvesTheEnd(t *testing.T) {
	for _, proves := range []bool{true, false} {
		is := is.New(t)
		s := new(sink)
		resp, err := zreq.Get(context.Background(), secure, &zreq.Args{
			Driver: ends(t, byClose("hello")), TLS: &seal{proves: proves}, StreamCallback: s.take,
		})
		is.Equal(resp.Complete(), proves)
		if !proves {
			is.True(errors.Is(err, zreq.ErrUnframed)) // nothing proves it
			is.Equal(len(s.sizes), 0)
			continue
		}
		is.NoErr(err)
		is.Equal(string(s.body), "hello")
	}
}

// TestTLSReason: a peer that refuses our certificate under TLS 1.3 says so when the
// request is already under way, and closes. What it said is the error, and not that
// nothing more could be sent.
func TestTLSReason(t *testing.T) {
	for name, tt := range map[string]struct {
		said, want error
	}{
		"an alert":        {errAlert, errAlert},
		"an end":          {io.EOF, memnet.ErrReset},
		"nothing in time": {os.ErrDeadlineExceeded, memnet.ErrReset},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Discard()})
			_, err := zreq.Put(context.Background(), secure, &zreq.Args{
				Driver: peer, TLS: refusing{tt.said}, Body: strings.NewReader(strings.Repeat("x", 100_000)),
			})
			is.True(errors.Is(err, tt.want))
			is.True(errors.Is(err, zreq.ErrConnect))
			is.Equal(failure(is, err).Phase, zreq.PhaseSend)
			is.Equal(peer.Open(), 0)
		})
	}
}

var errAlert = errors.New("remote error: bad certificate")

// refusing is a TLS over which the second write fails, and a read says why.
type refusing struct{ said error }

func (r refusing) Client(_ context.Context, c netdriver.Conn, _ string) (netdriver.Conn, error) {
	return &refusedConn{Conn: c, said: r.said}, nil
}

type refusedConn struct {
	netdriver.Conn
	said   error
	writes int
}

func (c *refusedConn) Write(p []byte) (int, error) {
	if c.writes++; c.writes > 1 {
		return 0, memnet.ErrReset
	}
	return c.Conn.Write(p)
}

func (c *refusedConn) Read([]byte) (int, error) {
	if c.writes < 2 {
		return 0, os.ErrDeadlineExceeded // a look before the last write
	}
	return 0, c.said
}

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
