package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/matryer/is"
	"go.uber.org/goleak"

	"github.com/zreq-go/zreq/zreq/multipart"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRun(t *testing.T) {
	is := is.New(t)
	var out strings.Builder
	is.NoErr(run(t.Context(), &out, "", 10))
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	is.Equal(lines[0], "pictures of 320 × 240")
	is.True(strings.HasPrefix(lines[len(lines)-1], "10 pictures, "))
}

// TestNoCamera: a login page is no stream.
func TestNoCamera(t *testing.T) {
	is := is.New(t)
	page := httptest.NewServer(http.NotFoundHandler())
	defer page.Close()
	is.True(errors.Is(run(t.Context(), &strings.Builder{}, page.URL, 10), multipart.ErrContentType))
}
