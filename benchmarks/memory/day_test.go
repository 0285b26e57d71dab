package memory_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
	"github.com/valyala/fasthttp"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// address is that of a device that answers polls.
const address = "device.test:80"

// TestDayOfPolling: a request every ten seconds for a day, on a clock that does not wait, leaves
// no more in the heap at midnight than at noon. The peers' figures are logged.
func TestDayOfPolling(t *testing.T) {
	const every, polls = 10 * time.Second, 24 * 360
	for name, client := range map[string]func(n *memnet.Net) (poll func() error, end func()){
		"zreq": func(n *memnet.Net) (func() error, func()) {
			s := &zreq.Session{Driver: n}
			return func() error {
				resp, err := s.Get(context.Background(), "http://"+address+"/", nil)
				if err == nil && resp.Status != 200 {
					err = zreq.ErrStatus
				}
				return err
			}, func() { _ = s.Close() }
		},
		"net/http": func(n *memnet.Net) (func() error, func()) {
			transport := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) { return dial(ctx, n) }}
			web := &http.Client{Transport: transport}
			return func() error {
				resp, err := web.Get("http://" + address + "/")
				if err == nil {
					_, err = io.Copy(io.Discard, resp.Body)
					_ = resp.Body.Close()
				}
				return err
			}, transport.CloseIdleConnections
		},
		"fasthttp": func(n *memnet.Net) (func() error, func()) {
			web := &fasthttp.HostClient{Addr: address, Dial: func(string) (net.Conn, error) { return dial(context.Background(), n) }}
			return func() error {
				_, _, err := web.Get(nil, "http://"+address+"/")
				return err
			}, web.CloseIdleConnections
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				n := memnet.New()
				l, err := n.Listen(address)
				is.NoErr(err)
				go answer(l)
				poll, end := client(n)
				var noon int64
				for i := range polls {
					is.NoErr(poll())
					if i == polls/2 {
						noon = zreqtest.LiveHeap()
					}
					time.Sleep(every)
				}
				growth := zreqtest.LiveHeap() - noon
				t.Logf("from noon to midnight: %+d bytes", growth)
				is.True(name != "zreq" || growth < 8<<10) // less than two bytes for each poll
				end()
				_ = l.Close()
				time.Sleep(time.Minute) // whoever cleans up has done so
			})
		})
	}
}

// answer answers requests until the listener is closed.
func answer(l *memnet.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			for in := bufio.NewReader(conn); ; {
				if _, err := http.ReadRequest(in); err != nil {
					return
				}
				if _, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"); err != nil {
					return
				}
			}
		}()
	}
}

// dial is what peers call: a net.Conn.
func dial(ctx context.Context, n *memnet.Net) (net.Conn, error) {
	conn, err := n.Dial(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return addressed{conn}, nil
}

// addressed has the two methods that a net.Conn has and a connection of zreq needs not.
type addressed struct{ netdriver.Conn }

func (addressed) LocalAddr() net.Addr  { return &net.TCPAddr{} }
func (addressed) RemoteAddr() net.Addr { return &net.TCPAddr{} }
