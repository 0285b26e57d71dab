package roundtrip_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/matryer/is"
)

// A kept connection that is dead is replaced, and GetBody asked for what was sent.
func TestStaleConnection(t *testing.T) {
	for name, tt := range map[string]struct {
		method, key string
		value       []string
		again       bool
		want        bool
	}{
		"PUT":                    {"PUT", "", nil, true, true},
		"PUT without GetBody":    {"PUT", "", nil, false, false},
		"POST":                   {"POST", "", nil, true, false}, // it may have been acted on
		"POST with a key":        {"POST", "Idempotency-Key", []string{"7"}, true, true},
		"POST with another key":  {"POST", "X-Idempotency-Key", []string{"7"}, true, true},
		"POST with a nil key":    {"POST", "Idempotency-Key", nil, true, true}, // which does not go out
		"another nil key":        {"POST", "X-Idempotency-Key", nil, true, true},
		"POST with no values":    {"POST", "Idempotency-Key", []string{}, true, true},
		"POST with an empty key": {"POST", "Idempotency-Key", []string{""}, true, true},
		"a key, without GetBody": {"POST", "Idempotency-Key", []string{"7"}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			p := startPeer(t, ok, "close ", ok) // the second request gets no answer
			client, session := zreqClient(t)
			resp, err := client.Get(p.url)
			is.NoErr(err) // a connection is kept
			resp.Body.Close()
			s := &source{text: "hello"}
			r := s.request(t.Context(), tt.method, p.url, 5, tt.again)
			if tt.key != "" {
				r.Header[tt.key] = tt.value
			}
			resp, err = client.Do(r)
			is.Equal(err == nil, tt.want) // it is sent again if it may be, and can
			for _, times := range s.closed() {
				is.Equal(times, 1) // each body is closed
			}
			if !tt.want {
				is.True(errors.Is(err, io.EOF)) // as from net/http
				is.Equal(len(p.seen()), 2)      // and else not
				return
			}
			resp.Body.Close()
			is.Equal(len(s.bodies), 2)
			is.Equal(session.Stats().Retried, int64(0)) // at no cost
			_, sent := sortedHead(p.seen()[2])
			is.Equal(sent, "hello") // whole
			if tt.key != "" {
				is.Equal(strings.Contains(p.seen()[2], tt.key+": "), len(tt.value) > 0)
			}
		})
	}
}

func TestGetBodyFails(t *testing.T) {
	is := is.New(t)
	p := startPeer(t, ok, "close ", ok)
	client, _ := zreqClient(t)
	resp, err := client.Get(p.url)
	is.NoErr(err)
	resp.Body.Close()
	s := &source{text: "hello"}
	r := s.request(t.Context(), "PUT", p.url, 5, false)
	r.GetBody = func() (io.ReadCloser, error) { return nil, errBody }
	_, err = client.Do(r)
	is.Equal(errors.Unwrap(err), errBody) // its error is that of the call
	is.Equal(s.closed(), []int{1})
}

// Nobody asks GetBody who does not need another body.
func TestGetBodyIsNotAskedForNothing(t *testing.T) {
	is := is.New(t)
	p := startPeer(t, "close ")
	client, _ := zreqClient(t)
	s := &source{text: "hello"}
	_, err := client.Do(s.request(t.Context(), "POST", p.url, 5, true))
	is.True(errors.Is(err, io.EOF))
	is.Equal(len(s.bodies), 1) // a call that fails needs none
}

func TestRedirectTakesTheBodyAlong(t *testing.T) {
	is := is.New(t)
	p := startPeer(t, "HTTP/1.1 307 There\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n", ok)
	client, session := zreqClient(t)
	s := &source{text: "hello"}
	resp, err := client.Do(s.request(t.Context(), "POST", p.url, 5, true))
	is.NoErr(err)
	resp.Body.Close()
	is.Equal(resp.StatusCode, 200)              // the Client followed it
	is.Equal(s.closed(), []int{2, 1})           // the Client closes the first once more
	is.Equal(session.Stats().Dialled, int64(1)) // on the same connection
	_, sent := sortedHead(p.seen()[1])
	is.Equal(sent, "hello")
}
