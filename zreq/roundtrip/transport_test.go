package roundtrip_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/roundtrip"
)

// quiet is for servers whose clients leave.
var quiet = log.New(io.Discard, "", 0)

// retrying is a client that uses the retries of its Session.
func retrying(t *testing.T, retry zreq.Retry) (*http.Client, *zreq.Session) {
	t.Helper()
	session := &zreq.Session{Retry: retry}
	t.Cleanup(func() { session.Close() })
	return &http.Client{Transport: &roundtrip.Transport{Session: session, Retry: true}}, session
}

const busy = "HTTP/1.1 503 Busy\r\nX-Try: 1\r\nContent-Length: 5\r\n\r\nlater"

func TestNoRetryUnlessAskedFor(t *testing.T) {
	is := is.New(t)
	p := startPeer(t, busy, ok)
	client, session := zreqClient(t)
	session.Retry = zreq.Retry{Attempts: 3, Wait: time.Millisecond}
	resp, err := client.Get(p.url)
	is.NoErr(err) // no status is an error
	is.Equal(resp.StatusCode, 503)
	resp.Body.Close()
	is.Equal(len(p.seen()), 1)
}

func TestRetry(t *testing.T) {
	t.Run("until it goes well", func(t *testing.T) {
		is := is.New(t)
		p := startPeer(t, busy, "close ", ok)
		client, session := retrying(t, zreq.Retry{Attempts: 4, Wait: time.Millisecond})
		s := &source{text: "hello"}
		resp, err := client.Do(s.request(t.Context(), "PUT", p.url, 5, true))
		is.NoErr(err)
		is.Equal(resp.StatusCode, 200)
		resp.Body.Close()
		for _, request := range p.seen() {
			_, body := sortedHead(request)
			is.Equal(body, "hello") // each time whole
		}
		is.Equal(session.Stats().Retried, int64(1)) // the dead connection was replaced for nothing
		is.Equal(s.closed(), []int{1, 1, 1})        // and each body closed
	})
	t.Run("the last answer is the answer", func(t *testing.T) {
		is := is.New(t)
		p := startPeer(t, busy, busy)
		client, session := retrying(t, zreq.Retry{Attempts: 2, Wait: time.Millisecond})
		resp, err := client.Get(p.url)
		is.NoErr(err) // out of retries is no error where there is a response
		is.Equal(resp.StatusCode, 503)
		is.Equal(resp.Header.Get("X-Try"), "1")
		is.Equal(resp.ContentLength, int64(5))
		text, err := io.ReadAll(resp.Body)
		is.NoErr(err)
		is.Equal(string(text), "later") // with its body
		resp.Body.Close()
		is.Equal(len(p.seen()), 2)
		is.Equal(session.Stats().Open, session.Stats().Idle)
	})
	t.Run("the last answer is empty", func(t *testing.T) {
		is := is.New(t)
		empty := "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"
		p := startPeer(t, empty, empty)
		client, _ := retrying(t, zreq.Retry{Attempts: 2, Wait: time.Millisecond})
		resp, err := client.Get(p.url)
		is.NoErr(err)
		is.True(resp.Body == http.NoBody)
	})
	t.Run("the last answer is cut", func(t *testing.T) {
		is := is.New(t)
		p := startPeer(t, busy, "close "+strings.Replace(busy, "Length: 5", "Length: 9", 1))
		client, _ := retrying(t, zreq.Retry{Attempts: 2, Wait: time.Millisecond})
		resp, err := client.Get(p.url)
		if err == nil {
			_, err = io.ReadAll(resp.Body)
			resp.Body.Close()
		}
		is.True(errors.Is(err, io.ErrUnexpectedEOF)) // and is not taken for whole
	})
	t.Run("the context ends before the next", func(t *testing.T) {
		is := is.New(t)
		p := startPeer(t, strings.Replace(busy, "X-Try: 1", "Retry-After: 20", 1), ok)
		client, session := retrying(t, zreq.Retry{Attempts: 2})
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(50*time.Millisecond, cancel)
		_, err := client.Do(make1("GET", p.url, nil).WithContext(ctx))
		is.True(errors.Is(err, context.Canceled)) // the answer before is none to this
		is.Equal(session.Stats().Open, session.Stats().Idle)
	})
	t.Run("an answer, and then none", func(t *testing.T) {
		is := is.New(t)
		client, _ := retrying(t, zreq.Retry{Attempts: 2, Wait: time.Millisecond})
		_, err := client.Get(startPeer(t, busy, "close ").url)
		is.True(errors.Is(err, zreq.ErrOutOfRetries) && errors.Is(err, io.EOF))
	})
	t.Run("no answer at all", func(t *testing.T) {
		is := is.New(t)
		p := startPeer(t, "close ", "close ")
		client, _ := retrying(t, zreq.Retry{Attempts: 2, Wait: time.Millisecond})
		_, err := client.Get(p.url)
		is.True(errors.Is(err, zreq.ErrOutOfRetries))
		is.Equal(len(p.seen()), 2)
	})
	t.Run("POST is not made twice", func(t *testing.T) {
		is := is.New(t)
		p := startPeer(t, busy, ok)
		client, _ := retrying(t, zreq.Retry{Attempts: 2, Wait: time.Millisecond})
		resp, err := client.Post(p.url, "text/plain", strings.NewReader("hello"))
		is.NoErr(err)
		is.Equal(resp.StatusCode, 503)
		resp.Body.Close()
	})
}

// A 408 on a kept connection is a response, too, also if it may be none to this request.
func TestTimeoutOnAKeptConnection(t *testing.T) {
	for name, tt := range map[string]struct {
		body io.Reader
		last string
		open int // the server did not say that it closes
	}{
		"a body": {strings.NewReader("hello"), responses["408"], 1},
		"none":   {nil, "close HTTP/1.1 408 Slow\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", 0},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			p := startPeer(t, ok, tt.last)
			client, session := zreqClient(t)
			is.NoErr(fetch(client, make1("GET", p.url, nil)))
			resp, err := client.Post(p.url, "text/plain", tt.body) // is not sent again
			is.NoErr(err)
			is.Equal(resp.StatusCode, 408)
			_, err = io.ReadAll(resp.Body)
			is.NoErr(err) // which is read like any other
			resp.Body.Close()
			is.Equal(session.Stats().Open, tt.open)
		})
	}
}

func TestUpgrade(t *testing.T) {
	is := is.New(t)
	p := startPeer(t, "close HTTP/1.1 101 Go\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
	client, session := zreqClient(t)
	_, err := client.Do(with(with(make1("GET", p.url, nil), "Connection", "Upgrade"), "Upgrade", "x"))
	is.True(errors.Is(err, zreq.ErrResponse))
	is.True(strings.Contains(err.Error(), "switched to another protocol")) // it says what is not done
	is.Equal(session.Stats().Open, 0)
}

// What a Client adds on top holds over zreq.
func TestClosedSession(t *testing.T) {
	is := is.New(t)
	client, session := zreqClient(t)
	session.Close()
	body := &closer{Reader: strings.NewReader("hello")}
	_, err := client.Transport.RoundTrip(make1("POST", startPeer(t).url, body))
	is.True(errors.Is(err, zreq.ErrClosed))
	is.Equal(body.closed, 1)
}

func TestLimitsAreTheSessions(t *testing.T) {
	is := is.New(t)
	client, session := zreqClient(t)
	session.Limits.HeadBytes = 64
	_, err := client.Get(startPeer(t, "HTTP/1.1 200 OK\r\nX: "+strings.Repeat("y", 99)+"\r\n\r\n").url)
	is.True(errors.Is(err, zreq.ErrTooLarge))
}

func TestCloseOfTheRequest(t *testing.T) {
	is := is.New(t)
	p := startPeer(t, ok)
	client, session := zreqClient(t)
	r := make1("GET", p.url, nil)
	r.Close = true
	is.NoErr(fetch(client, r))
	is.Equal(session.Stats().Open, 0) // it is not kept
}

func TestZeroValue(t *testing.T) {
	is := is.New(t)
	p := startPeer(t, ok, ok, ok)
	transport := new(roundtrip.Transport)
	client := &http.Client{Transport: transport}
	for range 2 {
		resp, err := client.Get(p.url)
		is.NoErr(err)
		resp.Body.Close()
	}
	is.Equal(p.connections(), 1) // which is kept
	client.CloseIdleConnections()
	resp, err := client.Get(p.url)
	is.NoErr(err)
	resp.Body.Close()
	is.Equal(p.connections(), 2) // until the idle ones are closed
	client.CloseIdleConnections()
}
