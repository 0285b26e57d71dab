package zreq_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/digest"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// TestRetryOfAHop: another attempt repeats the last request of a call, and not those
// that a redirect has answered.
func TestRetryOfAHop(t *testing.T) {
	const redirected = 303
	for name, fault := range map[string][]zreqtest.Step{
		"a 503": answering(page(503, "busy")), "reset": {zreqtest.Request(), zreqtest.Reset()},
		"refused": {zreqtest.Refuse()}, "half a body": {zreqtest.Request(), zreqtest.Send(byLength("hello")[:40]), zreqtest.Close()},
	} {
		for _, method := range []string{"POST", "PUT", "GET"} {
			t.Run(name+"/"+method, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					peer := zreqtest.NewPeer(t, answering(moved(redirected, "http://other.test/y?q#f")), fault, answering(byLength("good")), answering(byLength("good")))
					s := &zreq.Session{Driver: peer}
					defer s.Close()
					if name == "a 503" { // on which the connection is kept
						s.Pool.IdlePerOrigin = -1
					}
					resp, err := s.Do(context.Background(), method, site, &zreq.Args{Body: strings.NewReader("hello")})
					is.NoErr(err)
					is.Equal(content(is, resp), "good")
					got := lines(peer)
					is.Equal(got[0], method+" /x device.test") // once
					for _, line := range got[1:] {
						is.Equal(line, "GET /y?q other.test")
					}
					is.Equal(len(resp.History()), 1) // each hop once
					is.Equal(resp.History()[0].URL, site)
					is.Equal(resp.URL(), "http://other.test/y?q")
					is.Equal(resp.Method(), "GET")
					is.Equal(s.Stats().Retried, int64(1))
				})
			})
		}
	}
}

// TestRetryOfAHopThatKeepsThePost: after a 307 the request is a POST still.
func TestRetryOfAHopThatKeepsThePost(t *testing.T) {
	for _, marked := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, answering(moved(307, "//other.test/y")), []zreqtest.Step{zreqtest.Request(), zreqtest.Reset()}, answering(byLength("good")))
			s := &zreq.Session{Driver: peer}
			defer s.Close()
			resp, err := s.Post(context.Background(), site, &zreq.Args{Body: strings.NewReader("hello"), Idempotent: marked})
			posts := peer.Requests()
			if !marked {
				is.True(errors.Is(err, zreq.ErrConnect))
				is.Equal(len(posts), 2)
				is.Equal(failure(is, err).Sent, int64(len(posts[0])+len(posts[1])))
				return
			}
			is.NoErr(err)
			is.Equal(content(is, resp), "good")
			is.Equal(len(posts), 3)
			is.Equal(posts[1], posts[2])
			is.True(strings.HasSuffix(posts[2], "\r\n\r\nhello"))
		})
	}
}

// TestRetryThatIsRedirected: the answer to a later attempt may lead elsewhere.
func TestRetryThatIsRedirected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		peer := answers(t, page(503, "busy"), moved(302, "/y"), page(502, "bad"), moved(302, "/z"), page(504, "slow"), byLength("good"))
		s := &zreq.Session{Driver: peer}
		defer s.Close()
		resp, err := s.Get(context.Background(), site, nil)
		is.NoErr(err)
		is.Equal(lines(peer), []string{"GET /x device.test", "GET /x device.test", "GET /y device.test", "GET /y device.test", "GET /z device.test", "GET /z device.test"})
		is.Equal(content(is, resp), "good")
		is.Equal(len(resp.History()), 2)
		is.Equal(s.Stats().Retried, int64(3)) // Attempts are of the call
		is.Equal(peer.Dials(), 1)
	})
}

var digestCount = regexp.MustCompile(`nc=[0-9a-f]{8}`)

// TestRetryWithDigest: each attempt has credentials of its own: a count that was used
// is a replay.
func TestRetryWithDigest(t *testing.T) {
	challenge := challenged(`Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256`)
	for name, fault := range map[string][]string{
		"a 503":         {challenge, page(503, "busy"), byLength("good")},
		"a 503 first":   {page(503, "busy"), challenge, byLength("good")},
		"both":          {page(503, "busy"), challenge, page(429, "wait"), byLength("good")},
		"a 401 again":   {challenge, page(503, "busy"), challenged(`Digest realm="r", nonce="m", qop="auth", algorithm=SHA-256, stale=true`), byLength("good")},
		"three of them": {challenge, page(503, "busy"), page(502, "busy"), page(504, "busy"), byLength("good")},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				peer := answers(t, fault...)
				s := &zreq.Session{Driver: peer, Auth: digest.New("u", "p")}
				defer s.Close()
				resp, err := s.Put(context.Background(), site, &zreq.Args{Body: strings.NewReader("hello")})
				is.NoErr(err)
				is.Equal(content(is, resp), "good")
				used := map[string]bool{}
				for _, a := range authorization(peer.Requests()) {
					if a == "" {
						continue
					}
					c := digestCount.FindString(a)
					is.True(c != "")
					c += fmt.Sprint(strings.Contains(a, `nonce="m"`))
					is.True(!used[c]) // it was sent before
					used[c] = true
				}
				for _, r := range peer.Requests() {
					is.True(strings.HasSuffix(r, "\r\n\r\nhello"))
				}
			})
		})
	}
}

// TestRetryWithExpect: each attempt asks anew, and a refusal of the question is no
// attempt.
func TestRetryWithExpect(t *testing.T) {
	busy := []zreqtest.Step{zreqtest.Head(), zreqtest.Send(page(503, "busy")), zreqtest.Close()}
	asked := []zreqtest.Step{zreqtest.Head(), zreqtest.Send(goOn), zreqtest.Read(5), zreqtest.Send(page(502, "bad")), zreqtest.Close()}
	refusing := []zreqtest.Step{zreqtest.Head(), zreqtest.Send(page(417, "what?")), zreqtest.Close()}
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, busy, refusing, asked, busy, refusing, answering(byLength("good")))
		s := &zreq.Session{Driver: peer, Pool: zreq.PoolLimits{Idle: -1}, Retry: zreq.Retry{Attempts: 9}}
		defer s.Close()
		resp, err := s.Put(context.Background(), site, &zreq.Args{Body: strings.NewReader("hello"), Expect100: true})
		is.NoErr(err)
		is.Equal(content(is, resp), "good")
		is.True(strings.HasSuffix(peer.Requests()[5], "\r\n\r\nhello"))
		is.Equal(s.Stats().Retried, int64(3))
	})
}

// TestRetryInto: a Response that is used again has nothing of an attempt before the
// last, and its views are dropped.
func TestRetryInto(t *testing.T) {
	for _, drop := range []bool{false, true} {
		for _, stream := range []bool{false, true} {
			t.Run(fmt.Sprint(drop, stream), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					trailing := "HTTP/1.1 503 X\r\nA: 1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbusy\r\n0\r\nT: 1\r\n\r\n"
					peer := answers(t, byLength("first"), trailing, moved(302, "/y"), trailing, byLength("good"), byLength("last"))
					s := &zreq.Session{Driver: peer}
					defer s.Close()
					var into zreq.Response
					args := &zreq.Args{Into: &into, DropHead: drop, Stream: stream}
					for _, want := range []string{"first", "good", "last"} {
						resp, err := s.Get(context.Background(), site, args)
						is.NoErr(err)
						is.True(resp == &into)
						is.Equal(content(is, resp), want)
						is.Equal(resp.Trailer("T"), "")
						is.Equal(resp.Header("A"), "")
						is.Equal(resp.Header("Content-Length") == "", drop)
						is.True(resp.Complete())
						is.Equal(len(resp.History()), map[string]int{"good": 1}[want])
					}
					is.Equal(peer.Dials(), 1)
				})
			})
		}
	}
}

// TestRetryOfSlowBodies: what an attempt has spent of LowSpeed is not the next one's.
func TestRetryOfSlowBodies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		drip := []zreqtest.Step{zreqtest.Request(), zreqtest.Send(goodHead), zreqtest.Drip(chunks(numbered(100)), time.Second), zreqtest.Hold()}
		slowly := []zreqtest.Step{zreqtest.Request(), zreqtest.Send(goodHead), zreqtest.Pause(9 * time.Second), zreqtest.Send(tenBytes + tenBytes + "0\r\n\r\n")}
		peer := zreqtest.NewPeer(t, drip, drip, slowly)
		s := &zreq.Session{Driver: peer, Timeouts: zreq.Timeouts{LowSpeed: zreq.LowSpeed{Bytes: 20, In: 10 * time.Second}}}
		defer s.Close()
		resp, err := s.Get(context.Background(), site, nil)
		is.NoErr(err)
		is.Equal(content(is, resp), "01234567890123456789")
		is.Equal(s.Stats().Retried, int64(2))
	})
}

// TestRetryOfBodies: each kind of body goes out whole each time.
func TestRetryOfBodies(t *testing.T) {
	for name, args := range map[string]zreq.Args{
		"form":      {Data: form.Values{{"a", "1"}}},
		"JSON":      {JSON: form.JSON(map[string]int{"a": 1})},
		"files":     {Files: parts(t)},
		"bytes":     {Body: bytes.NewReader([]byte(numbered(100_000)))},
		"section":   {Body: io.NewSectionReader(strings.NewReader(numbered(50_000)), 100, 20_000)},
		"a Size of": {Body: form.Bytes([]byte("hello"), "a/b")},
		"empty":     {Body: strings.NewReader("")},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				cut := []zreqtest.Step{zreqtest.Head(), zreqtest.Reset()}
				peer := zreqtest.NewPeer(t, answering(page(503, "busy"), page(429, "wait"))[:4], []zreqtest.Step{zreqtest.Refuse()}, cut, answering(byLength("good")))
				s := &zreq.Session{Driver: peer, Pool: zreq.PoolLimits{Requests: 2}, Retry: zreq.Retry{Attempts: 9}}
				defer s.Close()
				_, err := s.Put(context.Background(), site, &args)
				is.NoErr(err)
				all := peer.Requests()
				is.Equal(len(all), 4)
				is.Equal(all[0], all[1])
				is.Equal(all[0], all[3])
			})
		})
	}
}

// sizedOnce is a body of known size that cannot be taken back.
type sizedOnce struct {
	io.Reader
	size int64
}

func (b sizedOnce) Size() int64 { return b.size }

// testRetryOfABodyThatIsGone: a body that was read and cannot be taken back ends the
// call, also if no byte of the request left: what another attempt would send is not
// the request.
func testRetryOfABodyThatIsGone(t *testing.T) {
	small := func() io.Reader { return sizedOnce{io.MultiReader(strings.NewReader("the body")), 8} }
	large := func() io.Reader { return io.MultiReader(strings.NewReader(strings.Repeat("the body", 1000))) }
	for name, tt := range map[string]struct {
		fault memnet.Faults
		body  func() io.Reader
	}{
		"sized, reset":   {memnet.Faults{ResetWriteAfter: -1}, small},
		"sized, stall":   {memnet.Faults{StallWriteAfter: -1}, small},
		"chunked, reset": {memnet.Faults{ResetWriteAfter: 1000}, large},
		"chunked, stall": {memnet.Faults{StallWriteAfter: 1000}, large},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Fault(tt.fault)}, answering(noContent))
				s := &zreq.Session{Driver: peer}
				defer s.Close()
				_, err := s.Put(context.Background(), site, &zreq.Args{Body: tt.body()})
				for _, r := range peer.Requests() {
					is.True(strings.Contains(r, "the body")) // never a part of it
				}
				is.True(err != nil)
				is.True(!zreq.SafeToRetry(err))
				is.Equal(peer.Dials(), 1) // there is nothing to send again
			})
		})
	}
}

// testRetryWithoutCredentials: where the credentials of another attempt cannot be
// made, that ends the call, and nothing goes out.
func testRetryWithoutCredentials(t *testing.T) {
	for name, first := range map[string][]zreqtest.Step{
		"refused": {zreqtest.Refuse()},
		"reset":   {zreqtest.Request(), zreqtest.Reset()},
		"a 503":   {zreqtest.Request(), zreqtest.Send(page(503, "no")), zreqtest.Close()},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				own := errors.New("no key")
				peer := zreqtest.NewPeer(t, first, []zreqtest.Step{zreqtest.Head(), zreqtest.Send(noContent)})
				s := &zreq.Session{Driver: peer}
				defer s.Close()
				asked := 0
				_, err := s.Put(context.Background(), site, &zreq.Args{
					Body: strings.NewReader("X: smuggled\r\n\r\nGET /evil HTTP/1.1\r\nHost: device.test\r\n\r\n"),
					Auth: &asker{give: func(zreq.AuthRequest) (string, error) {
						if asked++; asked > 1 {
							return "", own
						}
						return "Own 1", nil
					}},
				})
				for _, r := range peer.Requests() {
					is.True(strings.Contains(r, "\r\nAuthorization: Own 1\r\n")) // no request without its end
				}
				is.True(errors.Is(err, own))
				is.True(!errors.Is(err, zreq.ErrConnect))
				is.Equal(failure(is, err).Attempt, 2)
				is.Equal(peer.Open(), s.Stats().Open)
			})
		})
	}
}

// TestRetriedIsOfAttempts: Stats.Retried counts attempts that were made.
func TestRetriedIsOfAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, answering(page(503, "no")))
		s := &zreq.Session{Driver: peer, Retry: zreq.Retry{Wait: time.Hour, MaxWait: time.Hour, Time: -1}}
		defer s.Close()
		ctx, cancel := context.WithCancelCause(context.Background())
		defer time.AfterFunc(time.Millisecond, func() { cancel(errCancelled) }).Stop()
		_, err := s.Get(ctx, site, nil)
		is.True(errors.Is(err, errCancelled))
		is.Equal(len(peer.Requests()), 1)
		is.Equal(s.Stats().Retried, int64(0)) // there was none after the first
	})
}

// TestRetryOfARefusedCertificate: what a certificate is refused for is so the next
// time, too: there is one handshake, and the error is that of the call.
func TestRetryOfARefusedCertificate(t *testing.T) {
	for name, setting := range map[string]*tlsnet.Config{"unknown": {}, "other name": {ServerName: "other.test"}, "no pin": {Pins: []tlsnet.Pin{{1}}}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				l := newLab(t, true, drivers["Checker"], shake)
				s := &zreq.Session{Driver: l.net, TLS: tlsnet.New(setting)}
				defer s.Close()
				_, err := s.Get(context.Background(), l.url, nil)
				is.True(errors.Is(err, zreq.ErrConnect))
				is.Equal(failure(is, err).Phase, zreq.PhaseTLS)
				is.Equal(l.net.Dials(), 1) // it would be refused again
				is.True(!errors.Is(err, zreq.ErrOutOfRetries))
			})
		})
	}
}
