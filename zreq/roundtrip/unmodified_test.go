package roundtrip_test

import (
	"bytes"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/matryer/is"
)

func TestRequestIsNotModified(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	p := startPeer(t, ok, ok)
	client, _ := zreqClient(t)
	r := make1("POST", p.url+"/a?b#c", strings.NewReader("hello"))
	r.URL.User = url.UserPassword("me", "pass")
	r.Header = http.Header{"X-B": {" 1 "}, "X-A": nil, "Trailer": {"X"}, "Content-Length": {"9"}, "Expect": {"100-continue"}}
	r.Close = true
	before, header, at := *r, r.Header.Clone(), *r.URL
	stop, done := make(chan struct{}), make(chan struct{})
	go func() { // the caller may read it meanwhile
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
				_ = r.URL.String() + r.Method + r.Host
				_ = maps.Clone(r.Header)
			}
		}
	}()
	resp, err := client.Transport.RoundTrip(r)
	close(stop)
	<-done
	is.NoErr(err)
	resp.Body.Close()
	is.Equal(r.Header, header) // the header is as it was
	is.Equal(*r.URL, at)       // and the URL
	after := *r
	before.Body, after.Body = nil, nil // which is not to be compared
	before.GetBody, after.GetBody = nil, nil
	is.Equal(after, before)
	is.True(resp.Request == r) // it is what the response answers
}

// What the caller does with its header when the body is closed reaches nobody.
func TestHeaderMayBeUsedAgain(t *testing.T) {
	is := is.New(t)
	p := startPeer(t, ok, ok)
	client, _ := zreqClient(t)
	header := http.Header{"X-A": {"1"}}
	for range 2 {
		r := make1("POST", p.url, bytes.NewReader([]byte("hello")))
		r.Header = header
		resp, err := client.Do(r)
		is.NoErr(err)
		resp.Body.Close()
		header.Set("X-A", "2")
	}
	is.True(strings.Contains(p.seen()[1], "X-A: 2\r\n"))
	is.True(strings.Contains(p.seen()[0], "X-A: 1\r\n"))
}
