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
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

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
