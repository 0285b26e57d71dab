package zreq_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
)

// TestReviewTraceBetweenLookAndWrite: a kept connection is looked at, then the Trace is
// told of it, then the request is written. What comes while the Trace writes its line
// (a log over a serial line takes 20 ms) is taken for the answer.
func TestReviewTraceBetweenLookAndWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		n := memnet.New()
		l, err := n.Listen("")
		is.NoErr(err)
		defer l.Close()
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go func() {
					defer c.Close()
					p := make([]byte, 4096)
					for i := 0; ; i++ {
						k, err := c.Read(p)
						if err != nil {
							return
						}
						_, _ = io.WriteString(c, withLength(strings.Fields(string(p[:k]))[1]))
						if i == 0 {
							time.Sleep(time.Second + 10*time.Millisecond)
							_, _ = io.WriteString(c, withLength("EVIL"))
						}
					}
				}()
			}
		}()
		s := &zreq.Session{Driver: n}
		defer s.Close()
		named(is, s, "http://a.test", "/1", nil)
		time.Sleep(time.Second)
		named(is, s, "http://a.test", "/2", &zreq.Args{Trace: onEvent(zreq.EventConn, func() { time.Sleep(20 * time.Millisecond) })})
	})
}

// blindDriver has connections that cannot look, as those of a chip.
type blindDriver struct{ *memnet.Net }

func (d blindDriver) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := d.Net.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return struct{ netdriver.Conn }{c}, nil
}

// TestReviewAnswerBeforeTheRequest: what came before the request, on a new connection
// of a driver that cannot look.
func TestReviewAnswerBeforeTheRequest(t *testing.T) {
	for _, slow := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			n := memnet.New()
			l, err := n.Listen("")
			is.NoErr(err)
			defer l.Close()
			go func() {
				for {
					c, err := l.Accept()
					if err != nil {
						return
					}
					go func() {
						defer c.Close()
						_, _ = io.WriteString(c, withLength("EVIL"))
						_ = c.WaitClose()
					}()
				}
			}()
			s := &zreq.Session{Driver: blindDriver{n}, Retry: zreq.Retry{Attempts: 1}}
			defer s.Close()
			args := &zreq.Args{}
			if slow {
				args.Trace = onEvent(zreq.EventConn, func() { time.Sleep(20 * time.Millisecond) })
			}
			resp, err := s.Get(context.Background(), "http://a.test/1", args)
			if err == nil {
				t.Errorf("slow %v: %d %s", slow, resp.Status, content(is, resp))
			}
		})
	}
}
