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

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// TestRetryOfAPostThatMayHaveArrived: what did not leave is tried again until it may
// have left, and then no more.
func TestRetryOfAPostThatMayHaveArrived(t *testing.T) {
	for name, second := range map[string][]zreqtest.Step{
		"reset": {zreqtest.Request(), zreqtest.Reset()},
		"a 503": answering(page(503, "busy")),
		"cut":   {zreqtest.Request(), zreqtest.Send("HTTP/1.1 2"), zreqtest.Close()},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Refuse()}, second, answering(byLength("twice")))
				s := &zreq.Session{Driver: peer}
				defer s.Close()
				resp, err := s.Post(context.Background(), site, &zreq.Args{Body: strings.NewReader("hello")})
				is.Equal(len(peer.Requests()), 1)
				is.Equal(peer.Dials(), 2)
				is.True(!errors.Is(err, zreq.ErrOutOfRetries))
				is.Equal(err == nil, name == "a 503")
				if err == nil {
					is.Equal(resp.Status, 503)
					return
				}
				is.Equal(failure(is, err).Attempt, 2)
				is.Equal(failure(is, err).Sent, int64(len(peer.Requests()[0])))
				is.True(!zreq.SafeToRetry(err))
			})
		})
	}
}

// TestRetryOfAPostByTheSession: a key may be the Session's; the call may omit it.
func TestRetryOfAPostByTheSession(t *testing.T) {
	for _, omit := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			peer := answers(t, page(503, "busy"), byLength("good"))
			s := &zreq.Session{Driver: peer, Headers: zreq.Headers{{"Idempotency-Key", "k"}}}
			defer s.Close()
			args := zreq.Args{Params: form.Values{{"a", "1"}}}
			if omit {
				args.Omit = []string{"idempotency-key"}
			}
			resp, err := s.Post(context.Background(), site, &args)
			is.NoErr(err)
			is.Equal(len(peer.Requests()), map[bool]int{true: 1, false: 2}[omit])
			is.Equal(resp.Status, map[bool]int{true: 503, false: 200}[omit])
			is.Equal(resp.URL(), site+"?a=1")
		})
	}
}

// TestRetryOfAnUpload: an answer that comes before all of the body was sent, and says
// to ask again, is followed by the whole body.
func TestRetryOfAnUpload(t *testing.T) {
	for _, bare := range []bool{true, false} {
		for kind, wrap := range map[string]func(string) io.Reader{
			"sized":   func(s string) io.Reader { return strings.NewReader(s) },
			"unsized": func(s string) io.Reader { return sizeless{strings.NewReader(s)} },
		} {
			t.Run(kind, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					body := numbered(1 << 20)
					busy := []zreqtest.Step{zreqtest.Head(), zreqtest.Read(100_000), zreqtest.Send(page(503, "busy")), zreqtest.Close()}
					peer := zreqtest.NewPeer(t, busy, busy, answering(byLength("good")))
					s := &zreq.Session{Driver: seen(peer, bare)}
					defer s.Close()
					resp, err := s.Put(context.Background(), site, &zreq.Args{Body: wrap(body)})
					is.NoErr(err)
					is.Equal(content(is, resp), "good")
					last := peer.Requests()[2]
					if kind == "sized" {
						is.True(strings.HasSuffix(last, "\r\n\r\n"+body))
					} else {
						_, chunked, _ := strings.Cut(last, "\r\n\r\n")
						is.Equal(dechunk(t, chunked), body)
					}
					is.Equal(peer.Open(), s.Stats().Open)
				})
			})
		}
	}
}

// TestRetryOfASlowUpload: what an attempt has spent of LowSpeed is not the next one's,
// also of what is sent.
func TestRetryOfASlowUpload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		body := numbered(50_000)
		peer := zreqtest.NewPeer(t,
			[]zreqtest.Step{zreqtest.Head(), zreqtest.Pause(9 * time.Second), zreqtest.Reset()},
			[]zreqtest.Step{zreqtest.Pause(9 * time.Second), zreqtest.Request(), zreqtest.Send(byLength("good"))})
		peer.Net().BufferBytes = 1000
		s := &zreq.Session{Driver: peer, Timeouts: zreq.Timeouts{LowSpeed: zreq.LowSpeed{Bytes: 20_000, In: 10 * time.Second}}}
		defer s.Close()
		resp, err := s.Put(context.Background(), site, &zreq.Args{Body: strings.NewReader(body)})
		is.NoErr(err)
		is.Equal(content(is, resp), "good")
		is.Equal(s.Stats().Retried, int64(1))
	})
}

// sizeless is a body that can seek and does not say its size.
type sizeless struct{ r *strings.Reader }

func (u sizeless) Read(p []byte) (int, error)                   { return u.r.Read(p) }
func (u sizeless) Seek(offset int64, whence int) (int64, error) { return u.r.Seek(offset, whence) }
