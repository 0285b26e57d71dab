package roundtrip_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/matryer/is"
)

func TestExpect(t *testing.T) {
	t.Run("wanted", func(t *testing.T) {
		is := is.New(t)
		srv := serve(t, func(w http.ResponseWriter, r *http.Request) {
			is.Equal(r.Header.Values("Expect"), []string{"100-continue"}) // asked once
			text, _ := io.ReadAll(r.Body)
			_, _ = w.Write(text)
		})
		client, _ := zreqClient(t)
		r := with(make1("POST", srv.URL, strings.NewReader("hello")), "Expect", "100-Continue")
		resp, err := client.Do(r)
		is.NoErr(err)
		text, err := io.ReadAll(resp.Body)
		is.NoErr(err)
		is.Equal(string(text), "hello")
		resp.Body.Close()
	})
	t.Run("not wanted", func(t *testing.T) {
		is := is.New(t)
		srv := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
		client, _ := zreqClient(t)
		s := &source{text: "hello", wrap: func(io.Reader) io.Reader { return iotest.ErrReader(errBody) }}
		r := with(s.request(t.Context(), "POST", srv.URL, 5, false), "Expect", "100-continue")
		resp, err := client.Do(r)
		is.NoErr(err) // the body was not read
		is.Equal(resp.StatusCode, http.StatusForbidden)
		is.Equal(s.closed(), []int{1}) // but closed
		resp.Body.Close()
	})
	t.Run("refused as such", func(t *testing.T) {
		is := is.New(t)
		var asked []string
		srv := serve(t, func(w http.ResponseWriter, r *http.Request) {
			asked = append(asked, r.Header.Get("Expect"))
			if len(asked) == 1 {
				w.WriteHeader(http.StatusExpectationFailed)
			}
		})
		client, _ := zreqClient(t)
		r := with(make1("POST", srv.URL, strings.NewReader("hello")), "Expect", "100-continue")
		resp, err := client.Do(r)
		is.NoErr(err)
		is.Equal(resp.StatusCode, 200) // it is sent without being asked (RFC 9110, 15.5.18)
		is.Equal(asked, []string{"100-continue", ""})
		resp.Body.Close()
	})
	t.Run("without a body", func(t *testing.T) {
		is := is.New(t)
		p := startPeer(t, ok)
		client, _ := zreqClient(t)
		resp, err := client.Do(with(make1("POST", p.url, nil), "Expect", "100-continue"))
		is.NoErr(err)
		resp.Body.Close()
		is.True(!strings.Contains(p.seen()[0], "Expect")) // it "MUST NOT" (RFC 9110, 10.1.1)
	})
}
