package benchmarks_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	"github.com/matryer/is"
)

// recorder answers 503 until it has seen so many requests.
type recorder struct {
	fail int

	mu     sync.Mutex
	bodies []string
}

func (rec *recorder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	text, _ := io.ReadAll(r.Body)
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.bodies = append(rec.bodies, r.Method+" "+string(text))
	if len(rec.bodies) <= rec.fail {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	_, _ = io.WriteString(w, "done")
}

func TestRetryable(t *testing.T) {
	for name, tt := range map[string]struct {
		method string
		body   any
		fail   int
		want   []string
	}{
		"GET, twice 503": {"GET", nil, 2, []string{"GET ", "GET ", "GET "}},
		"POST, once 503": {"POST", strings.NewReader("hello"), 1, []string{"POST hello", "POST hello"}},
		"PUT":            {"PUT", []byte("hello"), 0, []string{"PUT hello"}},
		"PUT, once 503":  {"PUT", []byte("hello"), 1, []string{"PUT hello", "PUT hello"}},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			rec := &recorder{fail: tt.fail}
			url := serve(t, rec.ServeHTTP)
			client := retryablehttp.NewClient()
			client.HTTPClient.Transport = transport(t)
			client.RetryWaitMin, client.RetryWaitMax, client.Logger = time.Millisecond, time.Millisecond, nil
			req, err := retryablehttp.NewRequestWithContext(t.Context(), tt.method, url, tt.body)
			is.NoErr(err)
			resp, err := client.Do(req)
			is.NoErr(err)
			text, err := io.ReadAll(resp.Body)
			is.NoErr(err)
			is.NoErr(resp.Body.Close())
			is.Equal(string(text), "done") // it went well in the end
			is.Equal(rec.bodies, tt.want)  // and each attempt was whole
		})
	}
}
