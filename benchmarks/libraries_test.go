package benchmarks_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-resty/resty/v2"
	"github.com/hashicorp/go-retryablehttp"
	"github.com/matryer/is"
)

// device is what the server tells and is told.
type device struct {
	Name string `json:"name"`
	Rev  int    `json:"rev"`
}

// newResty returns a client of resty over zreq.
func newResty(t *testing.T) *resty.Client {
	t.Helper()
	return resty.New().SetTransport(transport(t))
}

func TestRestyJSON(t *testing.T) {
	is := is.New(t)
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		d := device{Name: r.URL.Query().Get("name"), Rev: 7}
		if r.Method == http.MethodPost {
			is.NoErr(json.NewDecoder(r.Body).Decode(&d)) // what was posted is JSON
			d.Rev++
			w.WriteHeader(http.StatusCreated)
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(d)
	})
	client := newResty(t)
	var got device
	resp, err := client.R().SetQueryParam("name", "gateway 1").SetHeader("Accept", "application/json").SetResult(&got).Get(url)
	is.NoErr(err)
	is.Equal(resp.StatusCode(), http.StatusOK)
	is.Equal(got, device{"gateway 1", 7}) // it went there and back
	resp, err = client.R().SetBody(device{"camera", 1}).SetResult(&got).ForceContentType("application/json").Post(url)
	is.NoErr(err)
	is.Equal(resp.StatusCode(), http.StatusCreated)
	is.Equal(got, device{"camera", 2})
}

func TestRestyUpload(t *testing.T) {
	is := is.New(t)
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		file, head, err := r.FormFile("recording")
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		n, _ := io.Copy(io.Discard, file)
		fmt.Fprintf(w, "%s %d %s", head.Filename, n, r.FormValue("device"))
	})
	path := filepath.Join(t.TempDir(), "a.ts")
	is.NoErr(os.WriteFile(path, make([]byte, 300<<10), 0o600))
	resp, err := newResty(t).R().SetFile("recording", path).SetFormData(map[string]string{"device": "camera"}).Post(url)
	is.NoErr(err)
	is.Equal(resp.String(), "a.ts 307200 camera") // as multipart, whole
}

func TestRestyRetry(t *testing.T) {
	is := is.New(t)
	var calls atomic.Int32
	var bodies []string
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		bodies = append(bodies, string(text))
		if calls.Add(1) < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	client := newResty(t).SetRetryCount(3).SetRetryWaitTime(time.Millisecond).
		AddRetryCondition(func(r *resty.Response, err error) bool { return r.StatusCode() == http.StatusServiceUnavailable })
	resp, err := client.R().SetBody("hello").Put(url)
	is.NoErr(err)
	is.Equal(resp.StatusCode(), http.StatusOK)
	is.Equal(resp.Request.Attempt, 3)                     // the retries are resty's
	is.Equal(bodies, []string{"hello", "hello", "hello"}) // each with its body
}

func TestRestyDownload(t *testing.T) {
	is := is.New(t)
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, strings.Repeat("image", 1<<18)) })
	path := filepath.Join(t.TempDir(), "image")
	resp, err := newResty(t).R().SetOutput(path).Get(url)
	is.NoErr(err)
	is.Equal(resp.StatusCode(), http.StatusOK)
	text, err := os.ReadFile(path)
	is.NoErr(err)
	is.Equal(string(text), strings.Repeat("image", 1<<18)) // every byte is in the file
}

func TestRestyRedirectsAndCookies(t *testing.T) {
	is := is.New(t)
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		cookie, err := r.Cookie("session")
		switch {
		case r.URL.Path == "/login":
			http.SetCookie(w, &http.Cookie{Name: "session", Value: "7", Path: "/"})
			http.Redirect(w, r, "/home", http.StatusSeeOther)
		case err == nil:
			fmt.Fprintf(w, "%s %s %s", r.Method, r.URL.Path, cookie.Value)
		default:
			w.WriteHeader(http.StatusForbidden)
		}
	})
	jar, err := cookiejar.New(nil)
	is.NoErr(err)
	client := newResty(t).SetCookieJar(jar)
	resp, err := client.R().SetFormData(map[string]string{"user": "me"}).Post(url + "/login")
	is.NoErr(err)
	is.Equal(resp.String(), "GET /home 7") // followed, with the cookie
	client.SetRedirectPolicy(resty.NoRedirectPolicy())
	resp, err = client.R().Post(url + "/login")
	is.True(errors.Is(err, resty.ErrAutoRedirectDisabled)) // resty's policy holds
	is.Equal(resp.StatusCode(), http.StatusSeeOther)
}

func TestRestyTimeouts(t *testing.T) {
	is := is.New(t)
	url := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	client := newResty(t).SetTimeout(50 * time.Millisecond)
	_, err := client.R().Get(url)
	var timeout interface{ Timeout() bool }
	is.True(errors.As(err, &timeout) && timeout.Timeout()) // the Client's
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	_, err = client.SetTimeout(time.Minute).R().SetContext(ctx).Get(url)
	is.True(errors.Is(err, context.Canceled)) // the context's
}

func TestRestyTraceInfo(t *testing.T) {
	is := is.New(t)
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") })
	client := newResty(t).EnableTrace()
	first, err := client.R().Get(url)
	is.NoErr(err)
	second, err := client.R().Get(url)
	is.NoErr(err)
	info, again := first.Request.TraceInfo(), second.Request.TraceInfo()
	is.True(!info.IsConnReused && info.TCPConnTime > 0)                    // a connection was made
	is.True(info.ServerTime > 0)                                           // and used
	is.True(again.IsConnReused && again.IsConnWasIdle)                     // and used again
	is.True(strings.HasSuffix(url, again.RemoteAddr.String()))             // to the server
	is.True(again.ConnIdleTime > 0 && again.TotalTime > info.ConnIdleTime) // with its times
}

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
