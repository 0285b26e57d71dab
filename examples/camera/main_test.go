package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"
	"go.uber.org/goleak"

	"github.com/zreq-go/zreq/zreq/multipart"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRun(t *testing.T) {
	is := is.New(t)
	var out strings.Builder
	is.NoErr(run(t.Context(), &out, "", 10, time.Minute))
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	is.Equal(lines[0], "pictures of 320 × 240")
	is.True(strings.HasPrefix(lines[len(lines)-1], "10 pictures, "))
}

// TestNoCamera: a login page is no stream.
func TestNoCamera(t *testing.T) {
	is := is.New(t)
	page := httptest.NewServer(http.NotFoundHandler())
	defer page.Close()
	is.True(errors.Is(run(t.Context(), &strings.Builder{}, page.URL, 10, time.Minute), multipart.ErrContentType))
}

// TestHangs: a camera that accepts the call and sends nothing.
func TestHangs(t *testing.T) {
	is := is.New(t)
	camera := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer camera.Close()
	is.True(errors.Is(run(t.Context(), &strings.Builder{}, camera.URL, 10, time.Millisecond), errHangs))
}
