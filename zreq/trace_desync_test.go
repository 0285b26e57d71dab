package zreq_test

import (
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
)

// TestTraceBetweenLookAndWrite: a kept connection is looked at, then the Trace is
// told of it, then the request is written. What comes while the Trace writes its line
// (a log over a serial line takes 20 ms) is no answer.
func TestTraceBetweenLookAndWrite(t *testing.T) {
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
		is.NoErr(s.Close())
		time.Sleep(time.Minute) // the server is done, too
	})
}
