package zreq_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// tooLate says Timeout of itself, as an error of the network does.
type tooLate struct{}

func (tooLate) Error() string { return "too late" }
func (tooLate) Timeout() bool { return true }

// testRetryOfWhatWasShown: a body that breaks after so many bytes is asked for again
// unless somebody has seen something of it. Only the last answer is shown, whole.
func testRetryOfWhatWasShown(t *testing.T) {
	const size, chunk = 2000, 100
	body := numbered(size)
	for name, end := range map[string]zreqtest.Step{"end": zreqtest.Close(), "reset": zreqtest.Reset(), "silence": zreqtest.Hold()} {
		for how, framed := range map[string]string{"length": withLength(body), "chunked": inChunks(body, 150)} {
			head := strings.Index(framed, "\r\n\r\n") + 4
			for _, came := range []int{0, 1, chunk - 1, chunk + 20, size / 2, len(framed) - head - 1} {
				for _, bare := range []bool{true, false} {
					t.Run(name+"/"+how, func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) {
							is := is.New(t)
							first := []zreqtest.Step{zreqtest.Request(), zreqtest.Send(framed[:head+came]), zreqtest.Pause(time.Second / 10), end}
							peer := zreqtest.NewPeer(t, first, answering(framed))
							s := &zreq.Session{Driver: seen(peer, bare), Timeouts: zreq.Timeouts{Body: time.Second}}
							defer s.Close()
							var got string
							_, err := s.Get(context.Background(), site, &zreq.Args{
								StreamChunk: chunk, StreamCallback: func(p []byte) error { got += string(p); return nil },
							})
							if came <= chunk {
								is.NoErr(err) // nobody had seen anything
								is.Equal(got, body)
								is.Equal(peer.Dials(), 2)
								return
							}
							is.True(err != nil)
							is.True(!errors.Is(err, zreq.ErrOutOfRetries))
							is.True(got != "" && strings.HasPrefix(body, got))
							is.Equal(failure(is, err).Taken, int64(len(got)))
							is.Equal(len(peer.Requests()), 1) // nothing is shown twice
							is.Equal(peer.Open(), 0)
						})
					})
				}
			}
		}
	}
}

// TestRetryEndedByTheCaller: what the caller's own functions and body say is final,
// whatever it is.
func TestRetryEndedByTheCaller(t *testing.T) {
	for name, own := range map[string]error{
		"own": errors.New("mine"), "timeout": tooLate{}, "reset": memnet.ErrReset, "connect": zreq.ErrConnect,
		"stale": zreq.ErrStale, "truncated": zreq.ErrTruncated, "EOF": io.EOF, "unexpected EOF": io.ErrUnexpectedEOF,
	} {
		refuse := func([]byte) error { return own }
		for where, args := range map[string]func() zreq.Args{
			"callback": func() zreq.Args { return zreq.Args{StreamCallback: refuse, StreamChunk: 2} },
			"last":     func() zreq.Args { return zreq.Args{StreamCallback: refuse} },
			"OnHead":   func() zreq.Args { return zreq.Args{OnHead: func(*zreq.Response) error { return own }} },
			"body":     func() zreq.Args { return zreq.Args{Body: failing{own}} },
			"auth": func() zreq.Args {
				return zreq.Args{Auth: &asker{give: func(zreq.AuthRequest) (string, error) { return "", own }}}
			},
		} {
			if where == "body" && own == io.EOF {
				continue // is the end of the body
			}
			t.Run(where+"/"+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					peer := zreqtest.NewPeer(t, answering(byLength("first"), byLength("hello")), answering(byLength("again")))
					s := &zreq.Session{Driver: peer}
					defer s.Close()
					_, err := s.Get(context.Background(), site, nil)
					is.NoErr(err)
					own := args()
					_, err = s.Put(context.Background(), site, &own)
					is.True(err != nil)
					is.True(!errors.Is(err, zreq.ErrOutOfRetries))
					is.Equal(failure(is, err).Attempt, 1)
					is.True(len(peer.Requests()) <= 2) // it is not made again
					is.Equal(s.Stats().Retried, int64(0))
					is.Equal(s.Stats().Stale, int64(0))
					is.Equal(peer.Open(), s.Stats().Open)
				})
			})
		}
	}
}

// TestRetryOnHead: OnHead is shown the last answer alone; what it was shown is not
// asked for again.
func TestRetryOnHead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		cut := []zreqtest.Step{zreqtest.Request(), zreqtest.Send(byLength("hello")[:40]), zreqtest.Close()}
		peer := zreqtest.NewPeer(t, append(answering(page(503, "busy")), cut...), answering(byLength("again")))
		s := &zreq.Session{Driver: peer}
		defer s.Close()
		var statuses []int
		resp, err := s.Get(context.Background(), site, &zreq.Args{OnHead: func(r *zreq.Response) error {
			statuses = append(statuses, r.Status)
			return nil
		}})
		is.Equal(statuses, []int{200})
		is.True(errors.Is(err, zreq.ErrTruncated))
		is.True(!errors.Is(err, zreq.ErrOutOfRetries))
		is.Equal(failure(is, err).Attempt, 2)
		is.Equal(resp.Status, 200)
		is.Equal(peer.Dials(), 1)
	})
}

// TestRetryCancelled: a context that ends ends the call, in every phase, whatever its
// cause says.
func TestRetryCancelled(t *testing.T) {
	for name, script := range map[string][]zreqtest.Step{
		"dial": {zreqtest.NoAnswer()},
		"send": {zreqtest.Fault(memnet.Faults{StallWriteAfter: 10})},
		"head": {zreqtest.Request(), zreqtest.Hold()},
		"body": {zreqtest.Request(), zreqtest.Send(byLength("hello")[:40]), zreqtest.Hold()},
	} {
		for _, cause := range []error{errCancelled, tooLate{}, memnet.ErrReset, zreq.ErrConnect, context.DeadlineExceeded} {
			t.Run(name+"/"+cause.Error(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					peer := zreqtest.NewPeer(t, script, answering(byLength("again")))
					s := &zreq.Session{Driver: peer}
					defer s.Close()
					ctx, cancel := context.WithCancelCause(context.Background())
					defer time.AfterFunc(time.Second/2, func() { cancel(cause) }).Stop()
					if cause == context.DeadlineExceeded {
						var end context.CancelFunc
						ctx, end = context.WithTimeout(ctx, time.Second/4)
						defer end()
					}
					_, err := s.Get(ctx, site, nil)
					is.True(errors.Is(err, cause))
					is.True(!errors.Is(err, zreq.ErrOutOfRetries)) // none was tried
					is.Equal(peer.Dials(), 1)
					is.Equal(peer.Open(), 0)
					is.Equal(s.Stats().Open, 0)
				})
			})
		}
	}
}

// TestRetryOfTLS: a handshake that is cut, or silent, is tried again, also for a POST:
// nothing has left.
func TestRetryOfTLS(t *testing.T) {
	for name, begin := range map[string]func(c *labConn){
		"cut":   func(c *labConn) { c.raw.Reset() },
		"end":   func(c *labConn) { _ = c.raw.Close() },
		"quiet": func(*labConn) {},
	} {
		t.Run(name, func(t *testing.T) {
			links(t, func(t *testing.T, secure bool, dial string) {
				if !secure {
					return
				}
				is := is.New(t)
				conns := 0
				l := newLab(t, true, drivers[dial], func(c *labConn) {
					if conns++; conns == 1 {
						begin(c)
						return
					}
					if c.request() {
						c.send(byLength("good"))
					}
				})
				s := &zreq.Session{Driver: l.args.Driver, TLS: l.args.TLS}
				defer s.Close()
				resp, err := s.Post(context.Background(), l.url, nil)
				is.NoErr(err)
				is.Equal(content(is, resp), "good")
				is.Equal(l.net.Dials(), 2)
				is.Equal(s.Stats().Retried, int64(1))
			})
		})
	}
}
