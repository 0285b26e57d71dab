package roundtrip_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
)

var errBody = errors.New("the disk is gone")

// source makes bodies and keeps an account of them.
type source struct {
	text string
	wrap func(io.Reader) io.Reader // may be nil

	mu     sync.Mutex
	bodies []*counted
}

type counted struct {
	io.Reader
	mu     sync.Mutex
	closed int
}

func (c *counted) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed++
	return nil
}

func (s *source) open() (io.ReadCloser, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var r io.Reader = strings.NewReader(s.text)
	if s.wrap != nil {
		r = s.wrap(r)
	}
	c := &counted{Reader: r}
	s.bodies = append(s.bodies, c)
	return c, nil
}

// closed returns how often each body was.
func (s *source) closed() (times []int) {
	for _, b := range s.bodies {
		b.mu.Lock()
		times = append(times, b.closed)
		b.mu.Unlock()
	}
	return times
}

// request is one with a body of the source; again says that there is a GetBody.
func (s *source) request(ctx context.Context, method, url string, length int64, again bool) *http.Request {
	r := make1(method, url, nil).WithContext(ctx)
	r.Body, _ = s.open()
	r.ContentLength = length
	if again {
		r.GetBody = s.open
	}
	return r
}

func TestBodyIsClosed(t *testing.T) {
	refusing := refuser{errors.New("no route")}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	for name, tt := range map[string]struct {
		ctx    context.Context
		driver netdriver.Driver
		length int64
		wrap   func(io.Reader) io.Reader
		answer string
		want   error // nil: a response
	}{
		"sent":             {length: 5, answer: ok},
		"chunked":          {length: -1, answer: ok},
		"size not told":    {length: 0, answer: ok},
		"no connection":    {length: 5, driver: refusing, want: zreq.ErrConnect},
		"cancelled before": {ctx: cancelled, length: 5, want: context.Canceled},
		"no answer":        {length: 5, answer: "close ", want: io.EOF},
		"bad answer":       {length: 5, answer: "close HTTP/1.1 2\r\n\r\n", want: zreq.ErrResponse},
		"shorter":          {length: 6, answer: ok, want: zreq.ErrBody},
		"longer":           {length: 4, answer: ok, want: zreq.ErrBody},
		"failing":          {length: 6, answer: ok, want: errBody, wrap: func(r io.Reader) io.Reader { return failing{r} }},
		"failing at once":  {length: -1, answer: ok, want: errBody, wrap: func(io.Reader) io.Reader { return iotest.ErrReader(errBody) }},
	} {
		for _, method := range []string{"POST", "GET"} {
			t.Run(name+", "+method, func(t *testing.T) {
				is := is.New(t)
				p := startPeer(t, tt.answer)
				client, session := zreqClient(t)
				session.Driver = tt.driver
				s := &source{text: "hello", wrap: tt.wrap}
				ctx := tt.ctx
				if ctx == nil {
					ctx = t.Context()
				}
				resp, err := client.Transport.RoundTrip(s.request(ctx, method, p.url, tt.length, false))
				is.True(errors.Is(err, tt.want)) // it says what happened
				is.Equal(s.closed(), []int{1})   // the body was closed when it returned, once
				if err == nil {
					resp.Body.Close()
					_, sent := sortedHead(p.seen()[0])
					is.True(strings.Contains(sent, "hello") || strings.Contains(sent, "ello"))
				}
				is.Equal(session.Stats().Open, session.Stats().Idle) // nothing is left behind
			})
		}
	}
}

// failing ends in errBody in the place of io.EOF.
type failing struct{ io.Reader }

func (f failing) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	if err == io.EOF {
		err = errBody
	}
	return n, err
}

type refuser struct{ err error }

func (r refuser) Dial(context.Context, string, string) (netdriver.Conn, error) { return nil, r.err }

// A body that waits is closed when the context ends, and that ends the call.
func TestBodyThatWaitsIsInterrupted(t *testing.T) {
	for _, method := range []string{"POST", "GET"} { // one is asked for its first byte before
		t.Run(method, func(t *testing.T) {
			is := is.New(t)
			p := startPeer(t, ok)
			client, session := zreqClient(t)
			reason := errors.New("the user left")
			ctx, cancel := context.WithCancelCause(t.Context())
			from, to := io.Pipe()
			defer to.Close()
			r := make1(method, p.url, from).WithContext(ctx)
			time.AfterFunc(20*time.Millisecond, func() { cancel(reason) })
			_, err := client.Do(r)
			is.True(errors.Is(err, reason)) // the cause is told, and not the pipe's consequence
			_, err = to.Write([]byte("x"))
			is.Equal(err, io.ErrClosedPipe) // who writes learns of it
			is.Equal(session.Stats().Open, 0)
		})
	}
}

// A body that waits does not begin to be read when the context has ended already.
func TestBodyThatWaitsIsNotBegun(t *testing.T) {
	for _, method := range []string{"POST", "GET"} {
		t.Run(method, func(t *testing.T) {
			is := is.New(t)
			client, _ := zreqClient(t)
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			for range 20 { // the end is told on another goroutine
				from, to := io.Pipe()
				_, err := client.Do(make1(method, startPeer(t).url, from).WithContext(ctx))
				is.True(errors.Is(err, context.Canceled))
				_, err = to.Write([]byte("x"))
				is.Equal(err, io.ErrClosedPipe) // it was closed all the same
			}
		})
	}
}

// lateEnd is a body that ends, but not at once.
type lateEnd struct{ asked bool }

func (l *lateEnd) Read([]byte) (int, error) {
	if !l.asked {
		l.asked = true
		return 0, nil
	}
	return 0, io.EOF
}

// TestBodyThatIsEmptyInTheEnd: a GET with an empty body is one without a body.
func TestBodyThatIsEmptyInTheEnd(t *testing.T) {
	is := is.New(t)
	p := startPeer(t, ok)
	client, _ := zreqClient(t)
	is.NoErr(fetch(client, make1("GET", p.url, new(lateEnd))))
	is.True(!strings.Contains(p.seen()[0], "Transfer-Encoding"))
}

// An error of the byte that is asked for before all is not forgotten.
func TestBodyThatFailsOnce(t *testing.T) {
	is := is.New(t)
	client, _ := zreqClient(t)
	_, err := client.Do(make1("GET", startPeer(t, ok).url, &onceFailing{Reader: strings.NewReader("hello")}))
	is.True(errors.Is(err, errBody))
}

// onceFailing fails in its first Read.
type onceFailing struct {
	io.Reader
	failed bool
}

func (o *onceFailing) Read(p []byte) (int, error) {
	if !o.failed {
		o.failed = true
		return 0, errBody
	}
	return o.Reader.Read(p)
}

func TestRequestContentLength(t *testing.T) {
	is := is.New(t)
	p := startPeer(t, ok)
	client, _ := zreqClient(t)
	r := make1("GET", p.url, nil)
	r.Body, r.ContentLength = http.NoBody, 5
	resp, err := client.Do(r)
	is.NoErr(err) // as for net/http, NoBody is none
	resp.Body.Close()
	is.True(!strings.Contains(p.seen()[0], "Content-Length"))
}

func TestChunkedIsAskedFor(t *testing.T) {
	is := is.New(t)
	p := startPeer(t, ok)
	client, _ := zreqClient(t)
	r := make1("GET", p.url, strings.NewReader("hello"))
	r.TransferEncoding = []string{"chunked"}
	resp, err := client.Do(r)
	is.NoErr(err)
	resp.Body.Close()
	is.True(strings.HasSuffix(p.seen()[0], "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")) // though its size is known
}

func TestEarlyAnswer(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	srv := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "close")
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
	})
	client, session := zreqClient(t)
	s := &source{text: strings.Repeat("x", 8<<20)}
	resp, err := client.Do(s.request(t.Context(), "POST", srv.URL, 8<<20, false))
	is.NoErr(err) // it is an answer, though the request did not go out whole
	is.Equal(resp.StatusCode, http.StatusRequestEntityTooLarge)
	text, err := io.ReadAll(resp.Body)
	is.NoErr(err)
	is.Equal(string(text), "too large\n")
	is.Equal(s.closed(), []int{1})
	resp.Body.Close()
	is.Equal(session.Stats().Open, 0)
}

// odd is a body whose Reads return what is in it, one after the other.
type odd []struct {
	n   int
	err error
}

func (o *odd) Read([]byte) (int, error) {
	if len(*o) == 0 {
		return 0, io.EOF
	}
	next := (*o)[0]
	*o = (*o)[1:]
	return next.n, next.err
}

// The first byte of a body is read before it is known whether there is one. What came
// with it is not lost: of a body that failed the server holds no whole request.
func TestBodyThatFailsWithItsFirstByte(t *testing.T) {
	for name, tt := range map[string]struct {
		body odd
		want error // nil: a response
	}{
		"failure":   {odd{{1, errBody}}, errBody},
		"cut short": {odd{{1, io.ErrUnexpectedEOF}}, io.ErrUnexpectedEOF},
		"end":       {odd{{1, io.EOF}, {1, errBody}}, nil},
		"too much":  {odd{{1 << 20, nil}}, zreq.ErrBody},
		"negative":  {odd{{-1, nil}}, zreq.ErrBody},
		"nothing":   {make(odd, 200), io.ErrNoProgress},
	} {
		for _, method := range []string{"GET", "POST"} {
			t.Run(name+", "+method, func(t *testing.T) {
				is := is.New(t)
				p := startPeer(t, ok)
				client, _ := zreqClient(t)
				body := append(odd(nil), tt.body...)
				resp, err := client.Transport.RoundTrip(make1(method, p.url, &body))
				is.True(errors.Is(err, tt.want))
				if err == nil {
					is.NoErr(resp.Body.Close())
				}
			})
		}
	}
}
