package zreq_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/drivertest"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/zreq"
)

// within fails the test if f has not returned after d: where a limit does not hold the
// test would hang instead.
func within(t *testing.T, d time.Duration, f func()) {
	t.Helper()
	returned := make(chan struct{})
	go func() {
		defer close(returned)
		f()
	}()
	select {
	case <-returned:
	case <-time.After(d):
		t.Fatalf("not over after %v", d)
	}
}

// serveTCP plays a script on each connection over TCP, the last one on all that follow.
// What the script does not close is open until the test ends.
func serveTCP(t *testing.T, scripts ...func(c net.Conn)) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	over := make(chan struct{})
	serving.Go(func() {
		for i := 0; ; i++ {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { scripts[min(i, len(scripts)-1)](c) })
			serving.Go(func() { <-over; _ = c.Close() })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		close(over)
		serving.Wait()
	})
	return l.Addr().String()
}

// silence neither reads nor says anything.
func silence(net.Conn) {}

// says reads a request without a body and sends s.
func says(s string) func(net.Conn) {
	return func(c net.Conn) {
		var head []byte
		for p := make([]byte, 4096); !bytes.HasSuffix(head, []byte("\r\n\r\n")); {
			n, err := c.Read(p)
			if err != nil {
				return
			}
			head = append(head, p[:n]...)
		}
		_, _ = io.WriteString(c, s)
	}
}

// silentResolver asks a nameserver that answers nothing, until the test ends.
func silentResolver(t *testing.T) *net.Resolver {
	t.Helper()
	nameserver, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex // guards what follows: net looks up under a context of its own
	var asking []net.Conn
	over := false
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		over = true
		for _, c := range asking {
			_ = c.Close()
		}
		_ = nameserver.Close()
	})
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		mu.Lock()
		defer mu.Unlock()
		if over {
			return nil, net.ErrClosed
		}
		c, err := net.Dial("udp", nameserver.LocalAddr().String())
		if err == nil {
			asking = append(asking, c)
		}
		return c, err
	}}
}

// timeoutsOverTCP is a proof of TestFeature/Z33: each limit ends its phase over the driver
// of the system, which has to mind the context of a dial, and the deadline of everything
// else.
func timeoutsOverTCP(t *testing.T) {
	const limit = 100 * time.Millisecond
	for name, tt := range map[string]struct {
		phase zreq.Phase
		url   func(t *testing.T) string
		args  zreq.Args
	}{
		"dial": {zreq.PhaseDial, func(t *testing.T) string { return "http://" + drivertest.SilentTCP(t) }, zreq.Args{Timeouts: zreq.Timeouts{Dial: limit}}},
		"look-up": {zreq.PhaseDial, func(*testing.T) string { return "http://device.test" }, zreq.Args{
			Timeouts: zreq.Timeouts{Dial: limit}, Driver: &stdnet.Driver{Resolver: silentResolver(t)},
		}},
		"TLS": {zreq.PhaseTLS, func(t *testing.T) string { return "https://" + serveTCP(t, silence) }, zreq.Args{
			Timeouts: zreq.Timeouts{TLS: limit}, TLS: tlsnet.New(nil),
		}},
		"write": {zreq.PhaseSend, func(t *testing.T) string { return "http://" + serveTCP(t, silence) }, zreq.Args{
			Timeouts: zreq.Timeouts{Write: limit}, Body: bytes.NewReader(make([]byte, 16<<20)),
		}},
		"head": {zreq.PhaseHead, func(t *testing.T) string { return "http://" + serveTCP(t, silence) }, zreq.Args{Timeouts: zreq.Timeouts{Head: limit}}},
		"body": {zreq.PhaseBody, func(t *testing.T) string { return "http://" + serveTCP(t, says(goodHead)) }, zreq.Args{Timeouts: zreq.Timeouts{Body: limit}}},
	} {
		t.Run(name+" over TCP", func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			url := tt.url(t)
			if tt.args.Driver == nil {
				tt.args.Driver = new(stdnet.Driver)
			}
			within(t, 8*time.Second, func() {
				began := time.Now()
				_, err := zreq.Get(context.Background(), url, &tt.args)
				is.True(time.Since(began) >= limit) // it is never early
				e := failure(is, err)
				is.True(e.Timeout())
				is.Equal(e.Phase, tt.phase)
				_, field := of(tt.args.Timeouts, tt.phase)
				is.True(strings.Contains(err.Error(), "Timeouts."+field))
			})
		})
	}
}

// reuseAfterDeathOverTCP is a proof of TestFeature/P7 and Z24: what the system knows of a
// kept connection is heeded. One that the peer has closed, or on which it has sent something
// unasked, carries no request.
func reuseAfterDeathOverTCP(t *testing.T) {
	for name, end := range map[string]func(c net.Conn){
		"end":               func(c net.Conn) { _ = c.Close() },
		"half-close":        func(c net.Conn) { _ = c.(*net.TCPConn).CloseWrite() },
		"reset":             func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0); _ = c.Close() },
		"a second response": func(c net.Conn) { _, _ = io.WriteString(c, byLength("not asked")) },
	} {
		t.Run(name+" over TCP", func(t *testing.T) {
			is := is.New(t)
			left := make(chan struct{})
			address := serveTCP(t, func(c net.Conn) {
				says(byLength("first"))(c)
				<-left
				end(c)
				left <- struct{}{}
			}, says(byLength("second")))
			driver := &lastConn{Driver: new(stdnet.Driver)}
			resp, err := zreq.Get(context.Background(), "http://"+address, &zreq.Args{Driver: driver, Headers: asks()})
			is.NoErr(err)
			conn := resp.Connection
			defer conn.Close()
			left <- struct{}{}
			<-left
			for began := time.Now(); driver.last.(netdriver.Checker).Check() == nil && time.Since(began) < time.Second; {
				time.Sleep(time.Millisecond) // until it has arrived
			}
			resp, err = zreq.Post(context.Background(), "http://"+address, &zreq.Args{Connection: conn})
			is.NoErr(err)                         // nothing was sent on the dead one, so that any verb may be
			is.Equal(content(is, resp), "second") // the answer to this request
			is.Equal(conn.Dials(), 2)
		})
	}
}

// lastConn remembers the connection that it dialled last.
type lastConn struct {
	netdriver.Driver
	last netdriver.Conn
}

func (d *lastConn) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := d.Driver.Dial(ctx, network, address)
	d.last = c
	return c, err
}
