package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// retryCase is what befalls the first attempt at a call. The second one goes well.
type retryCase struct {
	name   string
	steps  []zreqtest.Step
	unsent bool  // certainly nothing left: for a request that may be made once
	unread bool  // nor was the body touched
	final  bool  // it is not tried again, whatever it was
	stale  bool  // a kept connection that does this is a dead one
	fresh  bool  // it cannot befall a kept connection
	bodied bool  // it cannot befall a HEAD
	status int   // if there is an answer
	kind   error // if there is none
	whole  bool  // the request comes whole
}

var errTimeout = errors.New("a timeout")

// retryCases are what can go wrong before the answer is whole.
var retryCases = append(statusCases(), []retryCase{
	{name: "dial refused", steps: []zreqtest.Step{zreqtest.Refuse()}, unsent: true, unread: true, fresh: true, kind: zreq.ErrConnect},
	{name: "dial unanswered", steps: []zreqtest.Step{zreqtest.NoAnswer()}, unsent: true, unread: true, fresh: true, kind: zreq.ErrConnect},
	{name: "no byte leaves", steps: []zreqtest.Step{zreqtest.Fault(memnet.Faults{ResetWriteAfter: -1})}, unsent: true, unread: true, fresh: true, kind: zreq.ErrConnect},
	{name: "ten bytes leave", steps: []zreqtest.Step{zreqtest.Fault(memnet.Faults{ResetWriteAfter: 10})}, unread: true, stale: true, kind: zreq.ErrConnect},
	{name: "no byte leaves, slowly", steps: []zreqtest.Step{zreqtest.Fault(memnet.Faults{StallWriteAfter: -1})}, unsent: true, unread: true, fresh: true, kind: errTimeout},
	{name: "ten bytes leave, and no more", steps: []zreqtest.Step{zreqtest.Fault(memnet.Faults{StallWriteAfter: 10})}, unread: true, kind: errTimeout},
	{name: "reset", steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Reset()}, stale: true, whole: true, kind: zreq.ErrConnect},
	{name: "end", steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Close()}, stale: true, whole: true, kind: zreq.ErrConnect},
	{name: "silence", steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Hold()}, whole: true, kind: errTimeout},
	{name: "half a head", steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nX"), zreqtest.Close()}, whole: true, kind: zreq.ErrTruncated},
	{name: "half a head, reset", steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Send("H"), zreqtest.Pause(time.Second / 10), zreqtest.Reset()}, whole: true, kind: zreq.ErrTruncated},
	{name: "half a head, silence", steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Send("H"), zreqtest.Hold()}, whole: true, kind: errTimeout},
	{name: "a 103 and the end", steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Send("HTTP/1.1 103 X\r\n\r\n"), zreqtest.Close()}, whole: true, kind: zreq.ErrTruncated},
	{name: "half a body", steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Send(byLength("hello")[:40]), zreqtest.Close()}, whole: true, bodied: true, kind: zreq.ErrTruncated},
	{name: "half a body, chunked", steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Send(goodHead + tenBytes), zreqtest.Close()}, whole: true, bodied: true, kind: zreq.ErrTruncated},
	{name: "half a body, reset", steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Send(goodHead + tenBytes), zreqtest.Pause(time.Second / 10), zreqtest.Reset()}, whole: true, bodied: true, kind: zreq.ErrTruncated},
	{name: "half a body, silence", steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Send(goodHead + tenBytes), zreqtest.Hold()}, whole: true, bodied: true, kind: errTimeout},
	{name: "no HTTP", steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Send("SSH-2.0-x\r\n\r\n")}, whole: true, final: true, kind: zreq.ErrResponse},
	{name: "length twice", steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n")}, whole: true, final: true, bodied: true, kind: zreq.ErrResponse},
	{name: "a bad chunk", steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Send(goodHead + "+5\r\nhello\r\n")}, whole: true, final: true, bodied: true, kind: zreq.ErrResponse},
	{name: "too much", steps: []zreqtest.Step{zreqtest.Request(), zreqtest.Send(byLength(numbered(100)))}, whole: true, final: true, bodied: true, kind: zreq.ErrTooLarge},
}...)

// statusCases are answers; a page of each is small enough.
func statusCases() (list []retryCase) {
	for _, status := range []int{200, 400, 404, 408, 409, 421, 425, 429, 500, 501, 502, 503, 504, 505, 511} {
		again := status == 408 || status == 425 || status == 429 || status >= 502 && status <= 504
		list = append(list, retryCase{
			name: fmt.Sprint(status), status: status, final: !again, whole: true, bodied: true,
			steps: answering(page(status, "no"), byLength("good")),
		})
	}
	return append(list, retryCase{
		name: "408 of an idle connection", status: 408, stale: true, whole: true, bodied: true, steps: answering(idle408),
	})
}

// retryMethods are methods, and whether a request by them may be made twice.
var retryMethods = map[string]bool{
	"GET": true, "HEAD": true, "OPTIONS": true, "PUT": true, "DELETE": true, "TRACE": true,
	"POST": false, "PATCH": false, "PROPFIND": false, "Brew": false,
}

// retryBodies make the same body in ways that can be taken back, or not; nil: none.
var retryBodies = map[string]func() io.Reader{
	"no":          func() io.Reader { return nil },
	"seeking":     func() io.Reader { return strings.NewReader("the body") },
	"rewinding":   func() io.Reader { return &again{text: "the body"} },
	"read partly": func() io.Reader { return partly("not of the body: ", "the body") },
	"once":        func() io.Reader { return io.MultiReader(strings.NewReader("the body")) },
}

// partly is a reader whose first part was read.
func partly(before, rest string) io.Reader {
	r := strings.NewReader(before + rest)
	_, _ = io.CopyN(io.Discard, r, int64(len(before)))
	return r
}

// retryMarks mark a request as one that may be made twice, but for the first.
var retryMarks = map[string]zreq.Args{
	"":      {},
	"by":    {Idempotent: true},
	"field": {Headers: zreq.Headers{{"idempotency-key", "k1"}}},
}

// testRetryTable: how often a server sees a request, whatever befalls the first.
func testRetryTable(t *testing.T) {
	for _, c := range retryCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for method, idempotent := range retryMethods {
				for mark := range retryMarks {
					for body := range retryBodies {
						for _, kept := range []bool{false, true} {
							if kept && c.fresh || method == "HEAD" && c.bodied || method == "TRACE" && body != "no" {
								continue
							}
							name := fmt.Sprint(method, "/", mark, "/", body, " body/kept ", kept)
							if testing.Short() && crc32.ChecksumIEEE([]byte(c.name+name))%4 != 0 {
								continue // a part of what is alike
							}
							may := idempotent || mark != ""
							t.Run(name, func(t *testing.T) {
								synctest.Test(t, func(t *testing.T) { retriedCase(t, c, method, mark, body, kept, may) })
							})
						}
					}
				}
			}
		})
	}
}

func retriedCase(t *testing.T, c retryCase, method, mark, body string, kept, may bool) {
	is := is.New(t)
	scripts := [][]zreqtest.Step{c.steps, answering(byLength("good"))}
	if kept {
		scripts[0] = append(answering(byLength("first")), c.steps...)
	}
	peer := zreqtest.NewPeer(t, scripts...)
	s := &zreq.Session{Driver: peer, Timeouts: zreq.Timeouts{Dial: time.Second, Head: time.Second, Body: time.Second, Write: time.Second}}
	defer s.Close()
	if kept {
		_, err := s.Get(context.Background(), site, nil)
		is.NoErr(err)
		synctest.Wait()
	}
	args := retryMarks[mark]
	args.Body, args.Limits.Content = retryBodies[body](), 50
	began := time.Now()
	resp, err := s.Do(context.Background(), method, site, &args)

	again := !c.final && (c.unsent || may) && (c.unread || body != "once")
	requests := peer.Requests()
	if kept {
		requests = requests[1:]
	}
	seen := 0
	if c.whole {
		seen++
	}
	if again {
		seen++
	}
	is.Equal(len(requests), seen) // how often the server saw the request
	for _, r := range requests {
		is.Equal(r, requests[0])                                                  // the same, byte for byte
		is.True(strings.Contains(r, "the body") == (body != "no"))                // and whole
		is.True(!strings.Contains(r, "not of"))                                   // from where it began
		is.Equal(strings.Contains(r, "idempotency-key: k1\r\n"), mark == "field") // with its fields
	}
	stale := kept && c.stale && (c.status == 0 || body == "no") // a 408 to a body is its answer
	free := again && stale
	stats := s.Stats()
	switch {
	case again:
		is.NoErr(err)
		is.Equal(resp.Status, 200)
		is.Equal(stats.Retried, map[bool]int64{true: 0, false: 1}[free]) // a dead one is replaced for nothing
		is.Equal(stats.Stale, map[bool]int64{true: 1, false: 0}[free])
	case c.status > 0 && !stale:
		is.NoErr(err)
		is.Equal(resp.Status, c.status)
	case stale:
		is.True(errors.Is(err, zreq.ErrStale))
	case c.kind == errTimeout:
		is.True(failure(is, err).Timeout())
	default:
		is.True(errors.Is(err, c.kind))
	}
	if err != nil {
		is.True(!errors.Is(err, zreq.ErrOutOfRetries)) // none would have been made
		is.Equal(failure(is, err).Attempt, 1)
		is.Equal(stats.Retried, int64(0))
	}
	if free {
		is.Equal(time.Since(began), time.Duration(0)) // at once
	}
	is.Equal(peer.Open(), stats.Open)
	is.NoErr(s.Close())
	is.Equal(peer.Open(), 0)
}

// A server that says Retry-After: 0 is asked again with the same backoff as any other.
func TestRetryAfterZeroBacksOff(t *testing.T) {
	for _, after := range []string{"", "Retry-After: 0\r\n"} {
		synctest.Test(t, func(t *testing.T) {
			n := memnet.New()
			serveEach(t, n, nil, func(path string) string { return "HTTP/1.1 503 Busy\r\n" + after + "Content-Length: 0\r\n\r\n" })
			s := &zreq.Session{Driver: n, Retry: zreq.Retry{Attempts: 8, Time: -1}, RetryBudget: 1 << 20}
			began := time.Now()
			for range 100 {
				_, _ = s.Get(context.Background(), "http://a.test/", nil)
			}
			mean := time.Since(began) / 100
			if t.Logf("%q: mean time of 8 attempts %v", after, mean); mean < 15*time.Second {
				t.Error("no backoff") // half of what it is without the field
			}
			_ = s.Close()
		})
	}
}

// What a connection said of itself is not held against the one that is dialled in its
// place.
func TestHTTP10IsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		old := "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi"
		peer := zreqtest.NewPeer(t, append(answering(old), zreqtest.Close()), answering(byLength("hi")))
		s := &zreq.Session{Driver: peer}
		defer s.Close()
		_, err := s.Get(context.Background(), site, nil)
		is.NoErr(err)
		peer.Wait()
		_, err = s.Post(context.Background(), site, &zreq.Args{Body: struct{ io.Reader }{strings.NewReader("chunked")}})
		is.NoErr(err) // nothing is known of a peer that has not been dialled
		is.Equal(peer.Dials(), 2)
	})
}

// Nor is it in the next attempt over a Connection of the caller's.
func TestPutRetriedOverTheCallersConnectionAfterHTTP10(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		busy := "HTTP/1.0 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n" // as many a small proxy
		peer := zreqtest.NewPeer(t, append(answering(busy), zreqtest.Close()), answering(byLength("hi")))
		s := &zreq.Session{Driver: peer}
		defer s.Close()
		conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
		is.NoErr(err)
		defer conn.Close()
		_, err = s.Put(context.Background(), site, &zreq.Args{Connection: conn, Body: struct{ io.ReadSeeker }{strings.NewReader("chunked")}})
		is.NoErr(err) // the second attempt goes over a new socket
		is.Equal(peer.Dials(), 2)
	})
}

// Nor does a connection that would be kept keep the next attempt from being made.
func TestPutRetriedAfterAKeptHTTP10(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		busy := "HTTP/1.0 503 Service Unavailable\r\nConnection: keep-alive\r\nContent-Length: 4\r\n\r\nbusy"
		peer := zreqtest.NewPeer(t, answering(busy), answering(byLength("hi")))
		s := &zreq.Session{Driver: peer}
		defer s.Close()
		resp, err := s.Put(context.Background(), site, &zreq.Args{Body: struct{ io.ReadSeeker }{strings.NewReader("chunked")}})
		is.NoErr(err)
		is.Equal(content(is, resp), "hi")
		is.Equal(peer.Dials(), 2)
	})
}

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
