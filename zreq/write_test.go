package zreq_test

import (
	"bytes"
	"context"
	"fmt"
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

// paced dials connections whose writes take as long as they are told to, in their
// order, and are noted.
type paced struct {
	netdriver.Driver
	takes []time.Duration
	given []int
}

type pacedConn struct {
	*memnet.Conn
	d *paced
}

func (d *paced) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := d.Driver.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return pacedConn{c.(*memnet.Conn), d}, nil
}

func (c pacedConn) Write(p []byte) (int, error) {
	if i := len(c.d.given); i < len(c.d.takes) {
		time.Sleep(c.d.takes[i])
	}
	c.d.given = append(c.d.given, len(p))
	return c.Conn.Write(p)
}

// sealedPaced is a TLS whose connections are those below, but cannot look.
type sealedPaced struct{}

func (sealedPaced) Client(_ context.Context, c netdriver.Conn, _ string) (netdriver.Conn, error) {
	return struct{ netdriver.Conn }{c}, nil
}

// runs are the sizes of writes, as "2x4096".
func runs(given []int) (all []string) {
	for i := 0; i < len(given); {
		n := 1
		for i+n < len(given) && given[i+n] == given[i] {
			n++
		}
		all = append(all, fmt.Sprint(n, "x", given[i]))
		i += n
	}
	return all
}

// TestWriteSizes: where a write has the whole limit it is given 4 KiB, and up to 16
// when 128 KiB went in quick ones, so that a slow peer stays told from a dead one by
// whether it takes 4 KiB.
func TestWriteSizes(t *testing.T) {
	const (
		limit = 32 * time.Second
		slow  = time.Second // a 32nd of it
		quick = slow - time.Nanosecond
		long  = 1 << 20 // a buffer of more than there is
	)
	// after is a write that takes so long behind n that take no time.
	after := func(n int, takes ...time.Duration) []time.Duration { return append(make([]time.Duration, n), takes...) }
	for name, tt := range map[string]struct {
		takes  []time.Duration
		times  zreq.Timeouts
		buffer int
		want   []string
	}{
		"all quick":       {nil, zreq.Timeouts{Write: limit}, long, []string{"32x4096", "28x16384"}},
		"just quick":      {slices.Repeat([]time.Duration{quick}, 40), zreq.Timeouts{Write: limit}, long, []string{"32x4096", "28x16384"}},
		"a large is slow": {after(34, slow), zreq.Timeouts{Write: limit}, long, []string{"32x4096", "3x16384", "32x4096", "17x16384"}},
		"a small is slow": {after(31, slow), zreq.Timeouts{Write: limit}, long, []string{"64x4096", "20x16384"}},
		"all slow":        {slices.Repeat([]time.Duration{slow}, 200), zreq.Timeouts{Write: limit}, long, []string{"146x4096"}},
		"by default":      {slices.Repeat([]time.Duration{slow}, 20), zreq.Timeouts{}, long, []string{"52x4096", "23x16384"}},
		"no limit":        {slices.Repeat([]time.Duration{time.Hour}, 200), zreq.Timeouts{Write: -1}, long, []string{"32x4096", "28x16384"}},
		"a small buffer":  {nil, zreq.Timeouts{Write: limit}, 4 << 10, []string{"146x4095"}},
		"LowSpeed":        {nil, zreq.Timeouts{Write: limit, LowSpeed: zreq.LowSpeed{Bytes: 32_000, In: time.Minute}}, long, []string{"299x2000"}},
	} {
		for way, set := range map[string]func(a *zreq.Args) string{
			"TLS":       func(a *zreq.Args) string { a.TLS = sealedPaced{}; return secure },
			"TLS, kept": func(a *zreq.Args) string { a.TLS, a.Headers = sealedPaced{}, asks(); return secure },
			"bare":      func(a *zreq.Args) string { a.Driver = memnet.Bare(a.Driver); return site },
		} {
			t.Run(name+"/"+way, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					body := numbered(598_200)
					d := &paced{takes: tt.takes}
					args := zreq.Args{Driver: d, Timeouts: tt.times, Limits: zreq.Limits{ReadBuffer: tt.buffer}}
					url, calls := set(&args), 1
					if args.Headers != nil {
						calls = 2
					}
					peer := answers(t, slices.Repeat([]string{noContent}, calls)...)
					d.Driver = peer
					for range calls { // each begins anew
						d.given, args.Body = nil, strings.NewReader(body)
						resp, err := zreq.Put(context.Background(), url, &args)
						is.NoErr(err)
						got := runs(d.given)
						is.Equal(got[:len(tt.want)], tt.want)
						is.True(len(got) <= len(tt.want)+1) // and the rest
						args.Connection = resp.Connection
					}
					for _, request := range peer.Requests() {
						is.True(strings.HasSuffix(request, "\r\n\r\n"+body)) // whole
					}
				})
			})
		}
	}
	t.Run("behind a redirect", func(t *testing.T) {
		is := is.New(t)
		d := &paced{Driver: answers(t, "HTTP/1.1 307 There\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n", noContent)}
		_, err := zreq.Put(context.Background(), site, &zreq.Args{
			Driver: memnet.Bare(d), Headers: asks(), Limits: zreq.Limits{ReadBuffer: long}, Body: strings.NewReader(numbered(598_200)),
		})
		is.NoErr(err)
		got := runs(d.given)
		is.Equal(got[:2], []string{"32x4096", "28x16384"})
		is.Equal(got[3:5], []string{"32x4096", "28x16384"}) // another request begins anew
	})
	t.Run("where writes are cut by time", func(t *testing.T) {
		is := is.New(t)
		d := &paced{Driver: answers(t, noContent)}
		_, err := zreq.Put(context.Background(), site, &zreq.Args{
			Driver: d, Limits: zreq.Limits{ReadBuffer: 64 << 10}, Body: bytes.NewReader(make([]byte, 200_000)),
		})
		is.NoErr(err)
		is.True(slices.Max(d.given) > 60_000) // all that there is
	})
}

// TestSlowReaderOverTLS: a reader that takes 4 KiB within the limit is waited for,
// however quickly the first went into what lies between.
func TestSlowReaderOverTLS(t *testing.T) {
	for name, tt := range map[string]struct {
		pause time.Duration // for each thousand bytes
		fails bool
	}{"slow": {4 * time.Second, false}, "too slow": {6 * time.Second, true}} {
		for _, between := range []int{1000, 5000, 30_000, 64 << 10} {
			t.Run(fmt.Sprint(name, "/", between), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					const size = 300_000
					plain := func(d netdriver.Driver) netdriver.Driver { return d }
					l := newLab(t, true, plain, func(c *labConn) {
						got := 0
						if !c.request() {
							return
						}
						c.raw.most.Store(1000)
						for p := make([]byte, 1000); got < size-8000; { // what came with the head is not counted
							if got >= 50_000 {
								c.raw.reads.Store(int64(tt.pause))
							}
							n, err := c.Read(p)
							if got += n; err != nil {
								return
							}
						}
						c.send(noContent)
						c.raw.reads.Store(0)
						_, _ = io.Copy(io.Discard, c)
					})
					l.net.BufferBytes = between
					args := l.args
					args.Timeouts = zreq.Timeouts{Write: 20 * time.Second, Head: time.Hour}
					args.Limits = zreq.Limits{ReadBuffer: 64 << 10}
					args.Body = strings.NewReader(numbered(size))
					_, err := zreq.Put(context.Background(), l.url, &args)
					is.Equal(err != nil, tt.fails)
				})
			})
		}
	}
}

// TestWhatThePeerSaysIsNotSent: a head that leaves in several writes is ours to its
// end, whatever the peer says between them.
func TestWhatThePeerSaysIsNotSent(t *testing.T) {
	hints := "HTTP/1.1 103 Early Hints\r\nLink: <" + strings.Repeat("/never", 2000) + ">\r\n\r\n" // longer than what is sent by then
	for name, secure := range map[string]bool{"plain": false, "TLS": true} {
		for method, body := range map[string]string{"GET": "", "PUT": "hello"} {
			for _, buffer := range []int{0, 64, 1000, 64 << 10} {
				t.Run(strings.Join([]string{name, method}, "/"), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						is := is.New(t)
						var got []byte
						slowly := func(d netdriver.Driver) netdriver.Driver {
							return &paced{Driver: d, takes: slices.Repeat([]time.Duration{time.Millisecond}, 200)}
						}
						l := newLab(t, secure, slowly, func(c *labConn) {
							p := make([]byte, 10_000)
							for !bytes.HasSuffix(got, []byte("\r\n\r\n"+body)) {
								n, err := c.Read(p)
								if got = append(got, p[:n]...); err != nil {
									return
								}
								if len(got) < 9000 {
									c.send(hints)
								}
							}
							c.send(noContent)
						})
						args := l.args
						args.Limits = zreq.Limits{ReadBuffer: buffer, Informational: 100}
						args.Headers = zreq.Headers{{"X-Long", numbered(9000)}}
						if body != "" {
							args.Body = strings.NewReader(body)
						}
						_, err := zreq.Do(context.Background(), method, l.url, &args)
						is.NoErr(err)
						is.True(strings.Contains(string(got), "X-Long: "+numbered(9000)+"\r\n")) // whole
						is.True(!strings.Contains(string(got), "never"))
					})
				})
			}
		}
	}
}

// pausing is a body whose every Read takes its time.
type pausing struct {
	io.Reader
	pause time.Duration
}

func (p *pausing) Read(b []byte) (int, error) {
	time.Sleep(p.pause)
	return p.Reader.Read(b)
}

// testHeadDoesNotWaitForTheBody: a server has a limit for the head, and may answer it
// before the body has anything.
func testHeadDoesNotWaitForTheBody(t *testing.T) {
	for name, bare := range map[string]bool{"a driver that can look": false, "a driver that cannot": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				began := time.Now()
				var head time.Duration
				peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Head(), zreqtest.Send(page(401, "who?")), zreqtest.Hold()})
				log := &tracer{on: func(e zreq.Event) {
					if e.Kind == zreq.EventSentHead {
						head = time.Since(began)
					}
				}}
				resp, err := zreq.Post(context.Background(), site, &zreq.Args{
					Driver: seen(peer, bare), Trace: log,
					Body: &pausing{strings.NewReader(strings.Repeat("x", 100_000)), time.Second},
				})
				is.NoErr(err)
				is.Equal(head, time.Duration(0)) // it went out first
				is.Equal(resp.Status, 401)
				is.Equal(log.count(zreq.EventSentBody), 0)
				is.True(time.Since(began) < 1100*time.Millisecond) // heard when the Read returned
				is.Equal(failureOfNothingSent(peer), "")           // before anything of the body went out
			})
		})
	}
}

// failureOfNothingSent is what the first request had behind its head.
func failureOfNothingSent(peer *zreqtest.Peer) string {
	if requests := peer.Requests(); len(requests) > 0 {
		_, rest, _ := strings.Cut(requests[0], "\r\n\r\n")
		return rest
	}
	return ""
}
